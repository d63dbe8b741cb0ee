"""Who may open what: one table of rules, from which the checks and their tests are made."""

from dataclasses import dataclass
from enum import StrEnum

from emptychair.web.guard import SAFE
from emptychair.web.intake import paths as intake
from emptychair.web.way_in import NobodyToSignIn, first_link, sign_in_link

__all__ = [
    "RULES",
    "NobodyToSignIn",
    "RouteWithoutRule",
    "Rule",
    "Who",
    "first_link",
    "may",
    "rule_for",
    "sign_in_link",
]


class Who(StrEnum):
    """Everybody who may ask: nobody in particular, the roles of people, and this machine's command line."""

    STRANGER = "stranger"
    VIEWER = "viewer"
    AGENT = "agent"
    ANALYST = "analyst"
    LEAD = "lead"
    OWNER = "owner"
    TOKEN = "token"  # noqa: S105
    WRITE_KEY = "write_key"


EVERYBODY = frozenset(Who)
CLIENTS = frozenset({Who.WRITE_KEY})
PEOPLE = frozenset({Who.VIEWER, Who.AGENT, Who.ANALYST, Who.LEAD, Who.OWNER})
READERS = PEOPLE | {Who.TOKEN}
IMPORTERS = frozenset({Who.ANALYST, Who.LEAD, Who.OWNER, Who.TOKEN})
LISTENERS = frozenset({Who.AGENT, Who.ANALYST, Who.LEAD, Who.OWNER, Who.TOKEN})  # who read customers' words
LEADERS = frozenset({Who.LEAD, Who.OWNER, Who.TOKEN})
CARERS = frozenset({Who.AGENT, Who.ANALYST, Who.LEAD, Who.OWNER, Who.TOKEN})
OWNERS = frozenset({Who.OWNER, Who.TOKEN})


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use one method of one route. A page's JSON and CSV twins are the same route."""

    method: str
    route: str
    who: frozenset[Who]


# What builders of a survey do with it.
SURVEY_DEEDS = (
    "copying", "opening", "pausing", "resuming", "closing", "archiving", "unarchiving", "removal",
    "restoring", "address", "draft", "languages", "quotas", "definition", "undoing", "preview", "questions",
    "questions/{question}", "questions/{question}/moving", "questions/{question}/copying",
    "questions/{question}/removal", "ballots", "marks",
)  # fmt: skip

RULES: tuple[Rule, ...] = (
    Rule("GET", "/", READERS),
    Rule("GET", "/livez", EVERYBODY),
    Rule("GET", "/readyz", EVERYBODY),
    Rule("GET", "/static/{path:path}", EVERYBODY),
    Rule("GET", "/api/openapi.json", READERS),
    Rule("GET", "/setup", EVERYBODY),
    Rule("POST", "/setup", EVERYBODY),
    Rule("GET", "/sign-in", EVERYBODY),
    Rule("POST", "/sign-in", EVERYBODY),
    Rule("GET", "/sign-in/link", EVERYBODY),
    Rule("POST", "/sign-in/link", EVERYBODY),
    Rule("GET", "/invitation", EVERYBODY),
    Rule("POST", "/invitation", EVERYBODY),
    Rule("POST", "/sign-out", PEOPLE),
    Rule("GET", "/scorecard", READERS),
    Rule("GET", "/imports", READERS),
    Rule("POST", "/imports", IMPORTERS),
    Rule("GET", "/imports/{id}", READERS),
    Rule("POST", "/imports/{id}/plan", IMPORTERS),
    Rule("POST", "/imports/{id}/start", IMPORTERS),
    Rule("POST", "/imports/{id}/withdrawal", IMPORTERS),
    Rule("GET", "/imports/{id}/progress", READERS),
    Rule("GET", "/imports/{id}/parked", READERS),
    Rule("GET", "/surveys", READERS),
    Rule("POST", "/surveys", IMPORTERS),
    Rule("GET", "/surveys/{id}", READERS),
    Rule("GET", "/surveys/{id}/quotes", CARERS),
    Rule("GET", "/surveys/{id}/responses", CARERS),
    Rule("POST", "/surveys/{id}/responses/{response}/decision", IMPORTERS),
    Rule("GET", "/surveys/{id}/files", CARERS),
    Rule("GET", "/surveys/{id}/files/{file}", CARERS),
    Rule("GET", "/surveys/{id}/edit", IMPORTERS),
    Rule("GET", "/surveys/{id}/sharing", IMPORTERS),
    Rule("GET", "/surveys/{id}/preview", IMPORTERS),
    *(Rule("POST", f"/surveys/{{id}}/{deed}", IMPORTERS) for deed in SURVEY_DEEDS),
    Rule("POST", "/surveys/{id}/widget", IMPORTERS),
    Rule("POST", "/sources/{id}/identity", LEADERS),
    Rule("GET", "/widget.js", EVERYBODY),
    Rule("GET", "/widget/config", EVERYBODY),
    # Pages of others ask these, with a write key; they append, and tell what may be asked.
    *(Rule("POST", f"/widget/{part}", EVERYBODY) for part in ("offer", "opening", "answer", "dismissal")),
    Rule("GET", "/s/{slug}", EVERYBODY),
    Rule("POST", "/s/{slug}", EVERYBODY),
    Rule("POST", "/s/{slug}/saving", EVERYBODY),
    Rule("POST", "/s/{slug}/seeing", EVERYBODY),
    Rule("GET", "/surveys/{id}/draws", IMPORTERS),
    Rule("POST", "/surveys/{id}/draws", IMPORTERS),
    Rule("GET", "/surveys/{id}/draws/{draw}", IMPORTERS),
    Rule("GET", "/surveys/{id}/draws/{draw}/people", CARERS),
    Rule("GET", "/surveys/{id}/draws/{draw}/links", IMPORTERS),
    Rule("POST", "/surveys/{id}/draws/{draw}/reminders", IMPORTERS),
    Rule("GET", "/voice", LISTENERS),
    Rule("GET", "/voice/ask", LISTENERS),
    Rule("POST", "/voice/ask/prose", LISTENERS),
    Rule("GET", "/voice/themes/{id}", LISTENERS),
    Rule("POST", "/voice/finding", IMPORTERS),
    Rule("POST", "/voice/themes", IMPORTERS),
    *(
        Rule("POST", f"/voice/themes/{{id}}/{deed}", IMPORTERS)
        for deed in ("renaming", "merging", "moving", "ruling")
    ),
    Rule("POST", "/voice/edits/{id}/undoing", IMPORTERS),
    Rule("GET", "/settings", READERS),
    Rule("POST", "/settings", LEADERS),
    Rule("GET", "/settings/mail", LEADERS),
    Rule("POST", "/settings/mail", OWNERS),
    Rule("POST", "/settings/mail/test", LEADERS),
    Rule("POST", "/settings/mail/resuming", LEADERS),
    Rule("POST", "/settings/mail/key", OWNERS),
    Rule("GET", "/settings/models", LEADERS),
    Rule("POST", "/settings/models", OWNERS),
    Rule("GET", "/outbox", LEADERS),
    Rule("GET", "/outbox/{id}", LEADERS),
    Rule("POST", "/outbox/{id}/sending", LEADERS),
    Rule("POST", "/outbox/{id}/leaving", LEADERS),
    Rule("POST", "/outbox/{id}/cancelling", LEADERS),
    Rule("GET", "/stopped-addresses", LEADERS),
    Rule("POST", "/stopped-addresses", LEADERS),
    Rule("POST", "/stopped-addresses/{id}/lifting", LEADERS),
    Rule("GET", "/consents", LEADERS),
    Rule("POST", "/consents", LEADERS),
    # The board looks itself at who may see it: nobody, who is signed in, or everybody.
    Rule("GET", "/board", EVERYBODY),
    Rule("GET", "/board/roadmap", EVERYBODY),
    Rule("GET", "/board/new", EVERYBODY),
    Rule("POST", "/board/posts", EVERYBODY),
    Rule("GET", "/board/way", EVERYBODY),
    Rule("POST", "/board/way", EVERYBODY),
    Rule("GET", "/board/way/{token}", EVERYBODY),
    Rule("POST", "/board/way/{token}", EVERYBODY),
    Rule("POST", "/board/leaving", EVERYBODY),
    Rule("GET", "/board/{id}", EVERYBODY),
    Rule("POST", "/board/{id}/votes", EVERYBODY),
    Rule("POST", "/board/{id}/votes/withdrawal", EVERYBODY),
    Rule("GET", "/requests", READERS),
    Rule("POST", "/requests", LISTENERS),
    Rule("POST", "/requests/board", LEADERS),
    Rule("GET", "/requests/messages", LISTENERS),
    Rule("GET", "/requests/{id}", READERS),
    Rule("POST", "/requests/{id}", LEADERS),
    Rule("POST", "/requests/{id}/approval", LEADERS),
    Rule("POST", "/requests/{id}/hiding", LEADERS),
    Rule("POST", "/requests/{id}/status", LEADERS),
    Rule("POST", "/requests/{id}/merging", LEADERS),
    Rule("POST", "/requests/{id}/merging/undoing", LEADERS),
    Rule("POST", "/requests/{id}/behalf", LISTENERS),
    Rule("POST", "/requests/{id}/behalf/removal", LISTENERS),
    Rule("GET", "/requests/{id}/telling", LEADERS),
    Rule("POST", "/requests/{id}/telling", LEADERS),
    # Links in mail: whoever has one is its reader.
    Rule("GET", "/unsubscribe/{token}", EVERYBODY),
    Rule("POST", "/unsubscribe/{token}", EVERYBODY),
    Rule("GET", "/preferences/{token}", EVERYBODY),
    Rule("POST", "/preferences/{token}", EVERYBODY),
    Rule("GET", "/sources", IMPORTERS),
    Rule("POST", "/sources", LEADERS),
    Rule("GET", "/sources/kinds", IMPORTERS),
    Rule("GET", "/sources/kinds/{kind}", LEADERS),
    Rule("POST", "/sources/kinds/{kind}", LEADERS),
    Rule("POST", "/sources/kinds/{kind}/trial", LEADERS),
    Rule("GET", "/sources/{id}/health", IMPORTERS),
    Rule("POST", "/sources/{id}/run", LEADERS),
    Rule("POST", "/sources/{id}/trial", LEADERS),
    Rule("POST", "/sources/{id}/settings", LEADERS),
    Rule("GET", "/sources/{id}/mapping", LEADERS),
    Rule("POST", "/sources/{id}/mapping", LEADERS),
    Rule("POST", "/sources/{id}/mapping/preview", LEADERS),
    Rule("GET", "/sources/{id}", IMPORTERS),
    Rule("POST", "/sources/{id}", LEADERS),
    Rule("POST", "/sources/{id}/pausing", LEADERS),
    Rule("POST", "/sources/{id}/resuming", LEADERS),
    Rule("POST", "/sources/{id}/removal", LEADERS),
    Rule("POST", "/sources/{id}/keys", LEADERS),
    Rule("POST", "/sources/{id}/keys/revocation", LEADERS),
    Rule("POST", "/sources/{id}/meanings", LEADERS),
    Rule("POST", "/sources/{id}/meanings/removal", LEADERS),
    Rule("GET", "/sources/{id}/parked", IMPORTERS),
    Rule("GET", "/sources/{id}/replay", IMPORTERS),
    Rule("POST", "/sources/{id}/replay", IMPORTERS),
    Rule("POST", "/sources/{id}/parked/{event}/replay", IMPORTERS),
    Rule("POST", "/sources/{id}/discarding", IMPORTERS),
    Rule("POST", "/sources/{id}/reopening", IMPORTERS),
    Rule("GET", "/search", LISTENERS),
    Rule("GET", "/customers", CARERS),
    Rule("GET", "/customers/person", CARERS),
    Rule("POST", "/customers/person/merging", IMPORTERS),
    Rule("POST", "/customers/person/separation", IMPORTERS),
    Rule("POST", "/customers/judgements/{id}/undoing", IMPORTERS),
    Rule("GET", "/customers/suggestions", CARERS),
    Rule("POST", "/customers/suggestions/dismissal", IMPORTERS),
    Rule("GET", "/accounts", CARERS),
    Rule("GET", "/accounts/account", CARERS),
    Rule("GET", "/users", LEADERS),
    Rule("POST", "/users", OWNERS),
    Rule("POST", "/users/{id}/role", OWNERS),
    Rule("POST", "/users/{id}/link", OWNERS),
    Rule("POST", "/users/{id}/disabling", OWNERS),
    Rule("POST", "/users/{id}/enabling", OWNERS),
    Rule("GET", "/me", PEOPLE),
    Rule("POST", "/me/name", PEOPLE),
    Rule("POST", "/me/password", PEOPLE),
    Rule("POST", "/me/sessions/{id}/end", PEOPLE),
    # The collector looks at write keys itself: they append, and open nothing else.
    *(Rule(method, route, CLIENTS) for method, route in intake.taking()),
    *(Rule(method, route, EVERYBODY) for method, route in intake.telling()),
    # Messages prove themselves by their signature or secret.
    Rule("POST", intake.HOOK, EVERYBODY),
)

_BY_ROUTE = {(rule.method, rule.route): rule for rule in RULES}


class RouteWithoutRule(Exception):
    """A route that is not in the table; the site does not start with one."""


def rule_for(method: str, route: str) -> Rule:
    """The rule of a route; HEAD is GET. Raises `RouteWithoutRule` when the table has no row for it."""
    try:
        return _BY_ROUTE[("GET" if method in SAFE else method, route)]
    except KeyError:
        raise RouteWithoutRule(f"{method} {route} has no row in emptychair.web.access.RULES") from None


def may(who: Who, method: str, route: str) -> bool:
    """Whether somebody may use this method of this route."""
    return who in rule_for(method, route).who
