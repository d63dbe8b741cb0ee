"""What people speak of, put together for pages: themes with their counts, course, tones and quotes."""
