"""When tones are learned from scored comments, and when themes are looked for; both are safe to run again."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from emptychair.desk import theme_edits, theme_fits, themes, work
from emptychair.desk.desk import Desk
from emptychair.desk.theme_fits import Fit
from emptychair.desk.themes import Standing, Theme
from emptychair.desk.work import Work
from emptychair.domain.signal import Audience
from emptychair.ledger.durable import write_file
from emptychair.ledger.errors import LedgerDegradedError
from emptychair.ledger.ledger import Ledger
from emptychair.understand.reading.corpus import how_many, how_many_scored, scored, texts_of
from emptychair.understand.reading.edited import Change
from emptychair.understand.reading.messages import Answer, Find, Learn, read_back
from emptychair.understand.reading.recalled import recalled
from emptychair.understand.reading.settling import settle_when_due, told_apart_by
from emptychair.understand.reading.tending import OFF, ReadingRoom

KIND = "themes"
# So many scored comments are learned from at most, and so many texts are looked at for themes, the newest.
MOST_LABELS, MOST_TEXTS = 20_000, 1_000_000
FEWEST_LABELS, FEWEST_TEXTS = 30, 30
# Learned, or looked for, again when there are so many times as many.
MORE_LABELS, MORE_TEXTS = 1.5, 1.3
LOOKED_EVERY = timedelta(minutes=1)
HOLD = timedelta(minutes=30)
_SCALES = {"enps": "nps"}


@dataclass(slots=True, kw_only=True)
class Study:
    """What is learned from the words of one company, in the room in which they are read."""

    ledger: Ledger
    desk: Desk
    room: ReadingRoom
    clock: Callable[[], datetime]
    _looked_at: datetime | None = field(default=None)

    def run(self) -> int:
        """Read what is unread; then learn and look for what is due. How many texts were read.

        Safe to be killed anywhere. Raises ReadingFailed, OSError or EOFError when it cannot be done.
        """
        read = self.room.read_waiting()
        if self.room.model == OFF or self.room.stopping.is_set():
            return read
        try:
            self._study()
        except LedgerDegradedError:
            return read
        except (OSError, EOFError):
            if not self.room.stopping.is_set():
                raise
        return read

    def _study(self) -> None:
        now, asked = self.clock(), self._taken_up()
        if not asked and self._looked_at is not None and now - self._looked_at < LOOKED_EVERY:
            return
        self._looked_at = now
        if self.ledger.readings.progress()[1] and not asked:
            return
        if self._learn_when_due():
            self.room.read_waiting()
        settle_when_due(self.ledger, self.room)
        for audience in Audience:
            theirs = [one for one in asked if one.thing == audience.value]
            if theirs or self._is_due(audience):
                find(self.ledger, self.desk, self.room, audience, self.clock())
            with self.desk.begin() as tx:
                for one in theirs:
                    work.finish(tx, one, self.clock())

    def _taken_up(self) -> list[Work]:
        """What people asked for. Held for half an hour: a process that dies leaves it to the next one."""
        found = []
        with self.desk.begin() as tx:
            while (taken := work.take(tx, [KIND], self.clock(), HOLD)) is not None:
                found.append(taken)
        return found

    def _learn_when_due(self) -> bool:
        """Whether tones were learned anew, so that everything has to be read again."""
        labels = int(self.ledger.ask(how_many_scored())["n"][0].as_py())
        path = learned_file(self.room)
        before = json.loads(path.read_text())["labels"] if path.exists() else 0
        if labels < FEWEST_LABELS or labels < MORE_LABELS * min(before, MOST_LABELS):
            return False
        learn(self.ledger, self.room, path, labels)
        return True

    def _is_due(self, audience: Audience) -> bool:
        with self.desk.read() as tx:
            last = theme_fits.last(tx, audience)
        texts = int(self.ledger.ask(how_many(audience))["n"][0].as_py())
        if last is None or last.model != told_apart_by(self.room):
            return texts >= FEWEST_TEXTS
        return texts >= MORE_TEXTS * last.texts


def ask(tx: Connection, audience: Audience, *, by: str, now: datetime) -> Work:
    """Themes of this audience are looked for anew, in the background."""
    return work.ask(tx, KIND, audience.value, {}, by=by, now=now)


def learned_file(room: ReadingRoom) -> Path:
    """Where it lies what was learned of tones, and from how many labels."""
    return room.folder / room.embedder / "tone.json"


def learn(ledger: Ledger, room: ReadingRoom, path: Path, labels: int) -> Answer:
    """Learn tones from the newest scored comments; how good they are on labels that were held out."""
    rows = ledger.ask(scored(MOST_LABELS)).to_pylist()
    answer = room.ask(
        Learn(
            [row["text"] for row in rows],
            [_SCALES.get(row["name"], row["name"]) for row in rows],
            [float(row["score"]) for row in rows],
        )
    )
    write_file(path, json.dumps({"labels": labels, "quality": answer.learned}).encode())
    return answer


def find(ledger: Ledger, desk: Desk, room: ReadingRoom, audience: Audience, now: datetime) -> Fit:
    """Look for the themes of an audience; what was found is kept in the desk and with the signals."""
    with desk.read() as tx:
        held = theme_edits.holding(tx, audience)
    told = recalled(ledger, audience, [(one.kind, one.says) for one in held])
    edits = [(edit, change) for edit, change in zip(held, told, strict=True) if change is not None]
    changes = [change for _, change in edits]
    rows = ledger.ask(texts_of(audience, MOST_TEXTS))
    ids, people, texts, languages = (rows[name].to_pylist() for name in rows.column_names)
    answer = room.ask(Find(audience.value, ids, people, texts, languages, changes))
    declared = {says["theme"] for kind, says in changes if kind == Change.DECLARE}
    found = [
        Theme(
            id=one.id,
            audience=audience,
            name=one.name,
            area=one.area,
            phrases=tuple(one.phrases),
            quoted=one.quoted,
            texts=one.texts,
            standing=Standing.DECLARED if one.id in declared else Standing.FOUND,
            found_at=now,
            changed_at=now,
        )
        for one in answer.themes
    ]
    fit = Fit(
        audience=audience,
        fitted_at=now,
        texts=rows.num_rows,
        themed=answer.themed,
        themes=len(found),
        agreement=answer.agreement,
        model=told_apart_by(room),
        reason="" if found else _too_few(answer),
    )
    # The desk last: without its line the finding is due again.
    ledger.readings.mention(audience.value, read_back(answer.tables["mentions"]))
    with desk.begin() as tx:
        themes.keep(tx, audience, found)
        for place, parts in answer.parted.items():
            edit = edits[place][0]
            theme_edits.tell(tx, edit.id, {**edit.says, "parts": msgspec.to_builtins(parts)})
        theme_fits.add(tx, fit)
    return fit


def _too_few(answer: Answer) -> str:
    if not answer.fewest:
        return "No sentences are alike enough for a theme."
    return (
        f"Themes need {answer.fewest} different sentences, and there are {answer.have}: "
        f"{answer.fewest - answer.have} more are needed."
    )
