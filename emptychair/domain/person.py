"""How people are named in the ledger: known ones by their id, visitors by a mark and that of their device."""

# Behind it comes the id of a device or a browser, which may turn out to be somebody (understand/identity).
VISITOR = "anon:"
# Ids that a broken form or script sends for everybody: they name nobody and merge nobody.
NOBODY = frozenset(
    {
        "", "-1", "0", "[object object]", "anonymous", "anonymous_user", "distinct_id", "distinctid", "email",
        "false", "guest", "id", "nan", "nil", "none", "not provided", "not_authenticated", "null", "true",
        "undefined", "unknown", "user", "userid", "user_id", "00000000-0000-0000-0000-000000000000",
    }
)  # fmt: skip
LONGEST_ID = 200


def is_nobody(text: str) -> bool:
    """Whether an id names nobody, whatever its capitals and quotes.

    >>> is_nobody("[object Object]"), is_nobody('"null"'), is_nobody("u_1"), is_nobody("ℕull")
    (True, True, False, False)
    """
    return text.strip(" \t\r\n\"'").lower() in NOBODY


def visitor(device: str) -> str:
    """The name of somebody of whom only a device or a browser is known.

    >>> visitor("5f1c")
    'anon:5f1c'
    """
    return VISITOR + device


def is_visitor(person: str) -> bool:
    """Whether a person is only known by a device or a browser."""
    return person.startswith(VISITOR)
