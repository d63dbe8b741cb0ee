"""How many responses there are, and where they stand."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from emptychair.desk.responses import Delivery, Mark, Progress, responses


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a number of responses stand: how they came, how far they are, whether they are left out."""

    delivery: Delivery
    progress: Progress
    is_set_aside: bool
    mark: Mark | None


def standings(tx: Connection, survey_id: str) -> Counter[Standing]:
    """How many responses of a survey stand where."""
    names = (responses.c.delivery, responses.c.progress, responses.c.is_set_aside, responses.c.mark)
    query = select(*names, func.count()).where(responses.c.survey_id == survey_id).group_by(*names)
    return Counter({Standing(*row[:4]): int(row[4]) for row in tx.execute(query)})


def completed_by_survey(tx: Connection) -> dict[str, int]:
    """How many completed answers that count each survey has."""
    done = (responses.c.progress == Progress.COMPLETED) & responses.c.is_set_aside.is_(False)
    query = select(responses.c.survey_id, func.count()).where(done).group_by(responses.c.survey_id)
    return {survey: int(count) for survey, count in tx.execute(query)}
