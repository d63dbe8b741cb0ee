"""Empty Chair: the software in the empty chair of a company's meetings."""
