"""Early warnings on pages."""
