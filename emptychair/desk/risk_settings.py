"""What the company decided about risk: what is earned of what people pay, and who sees employees by name."""

import re
from enum import StrEnum
from typing import Any

from emptychair.desk.refusal import Reason, Refused
from emptychair.desk.settings import Setting


class NamedTo(StrEnum):
    """Who sees which employees may leave; everybody else who leads sees groups of five and more."""

    OWNER = "owner"
    LEADS = "leads"


def _named_to(text: str) -> NamedTo:
    if text.strip().lower() not in set(NamedTo):
        raise Refused(Reason.SETTING_IS_NOT_VALID, f"expected one of {', '.join(NamedTo)}")
    return NamedTo(text.strip().lower())


def _percent(text: str) -> int | None:
    if not text.strip():
        return None
    if not re.fullmatch(r"[0-9]{1,3}", text.strip()) or not 1 <= int(text) <= 100:
        raise Refused(Reason.SETTING_IS_NOT_VALID, "expected a whole number from 1 to 100, or nothing")
    return int(text)


MARGIN_PERCENT: Setting[int | None] = Setting(
    key="margin_percent",
    about="What is earned of 100 that customers pay; empty: what is at risk is shown as revenue.",
    default=None,
    per_audience=False,
    parse=_percent,
    text=lambda value: "" if value is None else str(value),
)
EMPLOYEE_RISK: Setting[NamedTo] = Setting(
    key="employee_risk",
    about="Who sees by name which employees may leave: the owner, or leads too, their managers among them.",
    default=NamedTo.OWNER,
    per_audience=False,
    parse=_named_to,
    text=str,
    is_of_owner=True,
)
RISK_SETTINGS: tuple[Setting[Any], ...] = (MARGIN_PERCENT, EMPLOYEE_RISK)
KEYS = tuple(setting.key for setting in RISK_SETTINGS)
