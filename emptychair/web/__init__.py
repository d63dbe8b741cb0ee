"""HTTP: request in, page or JSON out; no queries, no decisions."""
