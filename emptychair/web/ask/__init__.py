"""Questions in words over HTTP: what is asked, and how the answer is told."""
