"""Text that becomes part of a statement: quoted once, here."""


def literal(text: str) -> str:
    """A string constant of SQL; zero characters cannot occur in one."""
    return "'" + text.replace("\0", "").replace("'", "''") + "'"
