"""Surveys as pages: what is asked, what is edited, what came of it."""
