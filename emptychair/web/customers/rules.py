"""Who may open the pages of customers and their companies."""

from emptychair.web.roles import CARERS, IMPORTERS, LEADERS, Rule

CUSTOMER_RULES: tuple[Rule, ...] = (
    Rule("GET", "/customers", CARERS),
    Rule("GET", "/customers/person", CARERS),
    Rule("GET", "/customers/person/stream", CARERS),
    Rule("GET", "/customers/person/alike", CARERS),
    Rule("GET", "/customers/person/next", CARERS),
    Rule("GET", "/customers/likely", CARERS),
    Rule("GET", "/customers/value", CARERS),
    Rule("GET", "/customers/person/export", LEADERS),
    Rule("POST", "/customers/person/merging", IMPORTERS),
    Rule("POST", "/customers/person/separation", IMPORTERS),
    Rule("POST", "/customers/judgements/{id}/undoing", IMPORTERS),
    Rule("GET", "/customers/suggestions", CARERS),
    Rule("POST", "/customers/suggestions/dismissal", IMPORTERS),
    Rule("GET", "/accounts", CARERS),
    Rule("GET", "/accounts/account", CARERS),
    Rule("GET", "/accounts/account/next", CARERS),
)
