"""Who sees what of the risk of employees: the owner by name, leads in groups unless the owner allows more."""

from emptychair.desk import settings
from emptychair.desk.risk_settings import EMPLOYEE_RISK, NamedTo
from emptychair.domain.signal import Audience
from emptychair.web.access import LEADERS, OWNERS, Who
from emptychair.web.parts import Parts
from emptychair.web.problem import forbidden


def may_name(parts: Parts, who: Who, audience: Audience) -> bool:
    """Whether somebody who may open pages of risk sees single people of an audience there."""
    if audience is Audience.CUSTOMER or who in OWNERS:
        return True
    with parts.desk.read() as tx:
        named_to = settings.get(tx, EMPLOYEE_RISK)
    return named_to is NamedTo.LEADS and who in LEADERS


def check(who: Who, audience: Audience) -> None:
    """Raise 403 for whoever may not see models of employees."""
    if audience is Audience.EMPLOYEE and who not in LEADERS:
        raise forbidden("What is foreseen of employees is for leads and owners.")
