"""`python -m emptychair` is the command line."""

from emptychair.cli import main

main()
