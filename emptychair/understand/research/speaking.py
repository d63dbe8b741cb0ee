"""Who of the speakers is asked, and who asks: told where the transcript leaves no doubt, else left open."""

from collections.abc import Iterable, Mapping

from emptychair.desk.research_turns import Speaks
from emptychair.understand.research.labels import INTERVIEWERS
from emptychair.understand.research.transcript import Turn


def roles(turns: Iterable[Turn], interviewer: str) -> Mapping[str, Speaks]:
    """The part of each speaker. Where it is not plain who asks, nobody's words are taken for a customer's.

    One who is called as the interviewer is, or as interviewers are, asks, and then the others are asked;
    a single named speaker who is not called so is asked.
    """
    names = {turn.speaker for turn in turns}
    asking = {name for name in names if name and _asks(name, interviewer)}
    is_plain = bool(asking) or (len(names) == 1 and "" not in names)
    rest = Speaks.PARTICIPANT if is_plain else Speaks.UNKNOWN
    return {
        name: Speaks.INTERVIEWER if name in asking else rest if name else Speaks.UNKNOWN for name in names
    }


def _asks(name: str, interviewer: str) -> bool:
    folded, own = name.casefold().rstrip(" 0123456789"), interviewer.casefold().split()
    if folded in INTERVIEWERS:
        return True
    return bool(own) and (name.casefold().split() == own or name.casefold().split() == own[:1])
