"""Who are they, what do they say?"""
