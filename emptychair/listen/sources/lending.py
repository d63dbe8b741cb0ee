"""Tokens that systems lend for a while to whoever shows a password: kept in memory alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from emptychair.channels.outside import Answer, Answered
from emptychair.listen.sources.asking import trouble
from emptychair.listen.sources.system import Errand


@dataclass(frozen=True, slots=True)
class Lent:
    """A token and how long it works."""

    token: str = field(repr=False)
    works: timedelta


def with_token(
    errand: Errand,
    login: Callable[[Errand], Lent],
    ask: Callable[[str], Answer],
    *,
    hints: Mapping[int, str],
    is_over: Callable[[Answered], bool] = lambda refusal: refusal.status == 401,
) -> Answer:
    """What is answered to `ask` under a token. One that was lent before and is refused is renewed once.

    Raises SourceTrouble with the hint of the refusal's status.
    """
    now = errand.now.timestamp()
    tokens = errand.tokens
    if tokens.get("until", 0) > now:
        try:
            return ask(tokens["token"])
        except Answered as refusal:
            if not is_over(refusal):
                raise trouble(refusal, hints) from None
    tokens.clear()
    lent = login(errand)
    tokens.update(token=lent.token, until=now + lent.works.total_seconds() - 60)
    try:
        return ask(lent.token)
    except Answered as refusal:
        raise trouble(refusal, hints) from None
