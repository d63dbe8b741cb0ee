"""Mail: composed, signed, sent to the company's mail server, and what comes back from it understood."""
