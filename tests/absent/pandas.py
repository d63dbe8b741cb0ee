"""pandas, as an installation has it: not at all."""

raise ModuleNotFoundError("no pandas in an installation", name="pandas")
