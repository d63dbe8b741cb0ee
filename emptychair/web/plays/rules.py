"""Who may look at plays, start them, and make their calls."""

from emptychair.web.roles import CARERS, IMPORTERS, LISTENERS, Rule

PLAY_DEEDS = ("closing", "reopening", "removal")
CALL_DEEDS = ("taking", "giving-back", "outcome", "skipping", "undoing")
PLAY_RULES = (
    Rule("GET", "/plays", LISTENERS),
    Rule("GET", "/plays/new", IMPORTERS),
    Rule("POST", "/plays", IMPORTERS),
    Rule("GET", "/plays/{id}", LISTENERS),
    *(Rule("POST", f"/plays/{{id}}/{deed}", IMPORTERS) for deed in PLAY_DEEDS),
    *(Rule("POST", f"/plays/{{id}}/calls/{{call}}/{deed}", CARERS) for deed in CALL_DEEDS),
)
