"""One file per resource: find, call one verb, render."""
