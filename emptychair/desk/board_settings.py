"""What the company decided about its board: who sees it, and whether posts are looked at first."""

from enum import StrEnum
from typing import Any

from emptychair.desk.refusal import Reason, Refused
from emptychair.desk.settings import Setting


class BoardAccess(StrEnum):
    """Who sees the board and may vote."""

    OFF = "off"
    SIGNED_IN = "signed_in"
    PUBLIC = "public"


def _access(text: str) -> BoardAccess:
    if text.strip().lower() not in set(BoardAccess):
        raise Refused(Reason.SETTING_IS_NOT_VALID, f"expected one of {', '.join(BoardAccess)}")
    return BoardAccess(text.strip().lower())


def _yes_or_no(text: str) -> bool:
    answers = {"yes": True, "no": False, "true": True, "false": False}
    if text.strip().lower() not in answers:
        raise Refused(Reason.SETTING_IS_NOT_VALID, "expected yes or no")
    return answers[text.strip().lower()]


BOARD: Setting[BoardAccess] = Setting(
    key="board",
    about="Who sees the board: nobody (off), who is signed in here (signed_in), or everybody (public).",
    default=BoardAccess.OFF,
    per_audience=False,
    parse=_access,
    text=str,
)
BOARD_CHECKED: Setting[bool] = Setting(
    key="board_checked",
    about="Whether a colleague looks at posts of visitors before others see them: yes or no.",
    default=True,
    per_audience=False,
    parse=_yes_or_no,
    text=lambda value: "yes" if value else "no",
)
BOARD_SETTINGS: tuple[Setting[Any], ...] = (BOARD, BOARD_CHECKED)
KEYS = tuple(setting.key for setting in BOARD_SETTINGS)
