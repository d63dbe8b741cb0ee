"""Who may open the pages of risk; the routes look at whose it is where it is of employees."""

from emptychair.web.roles import CARERS, IMPORTERS, LEADERS, READERS, Rule

RISK_RULES = (
    Rule("GET", "/customers/risk", CARERS),
    Rule("GET", "/employees/risk", LEADERS),
    Rule("GET", "/models/risk", READERS),
    Rule("GET", "/models/risk/{audience}/{horizon}", READERS),
    Rule("POST", "/models/risk/scores", LEADERS),
    Rule("POST", "/models/risk/{deed}", IMPORTERS),
)
