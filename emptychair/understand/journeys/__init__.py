"""Journeys: what people go through step by step, where they are lost, how long it takes and how they feel."""
