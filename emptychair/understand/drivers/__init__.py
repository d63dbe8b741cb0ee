"""Drivers of satisfaction: which themes and touchpoints go with the scores that people give afterwards."""
