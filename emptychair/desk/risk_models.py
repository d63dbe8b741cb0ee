"""Models of risk as they were trained: the champion that is used, those not better, and those before."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Connection, Float, Index, Integer, LargeBinary, Table, delete, select, update

from emptychair.desk.columns import METADATA, Choice, Instant, Words, columns, made, shown
from emptychair.desk.ids import Id, new_id
from emptychair.domain.signal import Audience

LONGEST_REASON = 500
# So many of an audience and horizon are kept, the newest.
MOST_KEPT = 30


class State(StrEnum):
    """What became of a model. A challenger was not better; who was champion before is retired."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptModel:
    """One model of an audience and a horizon in days (0: of a snapshot), of what was known `as_of`.

    `unreliable` says why it is not to be relied on, empty when it is. `note` says why it is used, or not.
    """

    id: str
    audience: Audience
    horizon: int
    state: State
    kind: str
    as_of: datetime
    trained_at: datetime
    log_loss: float | None
    unreliable: str
    note: str


risk_models = Table(
    "risk_models",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("audience", Choice(Audience), nullable=False),
    Column("horizon", Integer, nullable=False),
    Column("state", Choice(State), nullable=False),
    Column("kind", Words(40), nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("trained_at", Instant, nullable=False),
    Column("log_loss", Float),
    Column("unreliable", Words(LONGEST_REASON), nullable=False),
    Column("note", Words(LONGEST_REASON), nullable=False),
    Column("packed", LargeBinary, nullable=False),
    Index(None, "audience", "horizon", "trained_at"),
)


def add(tx: Connection, model: KeptModel, packed: bytes) -> KeptModel:
    """The model under an id of its own. A champion retires the one before; the oldest are dropped."""
    new = asdict(model) | {"id": new_id("rmd"), "packed": packed}
    new |= {name: shown(new[name], LONGEST_REASON) for name in ("unreliable", "note")}
    same = (risk_models.c.audience == model.audience) & (risk_models.c.horizon == model.horizon)
    if model.state is State.CHAMPION:
        retire(tx, model.audience, [model.horizon])
    tx.execute(risk_models.insert().values(**new))
    old = select(risk_models.c.id).where(same & (risk_models.c.state != State.CHAMPION))
    ids = tx.scalars(old.order_by(risk_models.c.trained_at.desc()).offset(MOST_KEPT)).all()
    if ids:
        tx.execute(delete(risk_models).where(risk_models.c.id.in_(ids)))
    del new["packed"]
    return KeptModel(**new)


def retire(tx: Connection, audience: Audience, horizons: Sequence[int]) -> None:
    """Nothing of these horizons is used any more."""
    used = (risk_models.c.audience == audience) & (risk_models.c.state == State.CHAMPION)
    these = used & risk_models.c.horizon.in_(horizons)
    tx.execute(update(risk_models).where(these).values(state=State.RETIRED))


def rely(tx: Connection, model_id: str, unreliable: str) -> bool:
    """True when the reason why it is not to be relied on (empty: it is) is another one now."""
    reason = shown(unreliable, LONGEST_REASON)
    other = (risk_models.c.id == model_id) & (risk_models.c.unreliable != reason)
    return tx.execute(update(risk_models).where(other).values(unreliable=reason)).rowcount == 1


def champions(tx: Connection, audience: Audience) -> list[KeptModel]:
    """What is used, from the nearest horizon to the furthest."""
    query = select(*columns(risk_models, KeptModel)).where(
        risk_models.c.audience == audience, risk_models.c.state == State.CHAMPION
    )
    return [made(KeptModel, row) for row in tx.execute(query.order_by(risk_models.c.horizon)).mappings()]


def as_of(tx: Connection, audience: Audience, horizon: int, at: datetime) -> KeptModel | None:
    """The newest model that knows nothing of what came after an instant, or None."""
    query = select(*columns(risk_models, KeptModel)).where(
        risk_models.c.audience == audience,
        risk_models.c.horizon == horizon,
        risk_models.c.as_of <= at,
        risk_models.c.state != State.CHALLENGER,
    )
    row = tx.execute(query.order_by(risk_models.c.trained_at.desc()).limit(1)).mappings().first()
    return None if row is None else made(KeptModel, row)


def history(tx: Connection, audience: Audience, horizon: int | None = None) -> list[KeptModel]:
    """The models of an audience, of one horizon when it is given, the newest first."""
    query = select(*columns(risk_models, KeptModel)).where(risk_models.c.audience == audience)
    if horizon is not None:
        query = query.where(risk_models.c.horizon == horizon)
    rows = tx.execute(query.order_by(risk_models.c.trained_at.desc(), risk_models.c.id)).mappings()
    return [made(KeptModel, row) for row in rows]


def packed(tx: Connection, model_id: str) -> bytes | None:
    """The model itself, or None."""
    found = tx.execute(select(risk_models.c.packed).where(risk_models.c.id == model_id)).scalar()
    return None if found is None else bytes(found)
