"""Charts are drawn on the server: plain points in, SVG or HTML out, only attributes and classes inside."""
