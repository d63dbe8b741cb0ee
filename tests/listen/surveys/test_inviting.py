"""Invitations by mail against a real mail server: they arrive once, and who is not asked is told why."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from emptychair.channels.email.sending import Post, send_due
from emptychair.desk import consents, invitations, stops
from emptychair.desk.draws import Draw
from emptychair.desk.stops import Cause
from emptychair.desk.surveys import Survey
from emptychair.domain.consent import Standing
from emptychair.domain.contact import Channel, Purpose
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys import editing
from emptychair.listen.surveys.drawing import MAIL, draw
from emptychair.listen.surveys.frames import Frame
from emptychair.listen.surveys.inviting import send_waiting
from emptychair.listen.surveys.sampling import Method
from tests.channels.email.conftest import BASE, NOON, clock, post, server, servers
from tests.ledger.making import rows
from tests.listen.surveys.making import K, asked, survey
from tests.mail_server import DOMAIN, MailServer

__all__ = ["clock", "post", "server", "servers"]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path / "ledger")
    ledger.append(
        [
            Signal(
                id=f"t{name}", audience=Audience.CUSTOMER, person=name, kind=Kind.TOLD, name="traits",
                channel="web", source="crm", occurred_at=NOON, received_at=NOON,
                properties=json.dumps({"email": f"{name}@{DOMAIN}", "timezone": zone}),
            )
            for name, zone in {
                "ada": "Europe/Berlin", "ben": "Europe/Berlin", "cyd": "Pacific/Auckland", "dan": "UTC"
            }.items()
        ]
    )  # fmt: skip
    ledger.load(NOON)
    yield ledger
    ledger.close()


def drawn(post: Post, ledger: Ledger) -> tuple[Survey, Draw]:
    """Everybody is drawn for a survey that begins with a score."""
    with post.desk.begin() as tx:
        made = editing.create(
            tx, survey(asked("q1", K.NPS)), name="Asked", audience=Audience.CUSTOMER, by="cli", now=NOON
        )
        editing.open_up(tx, made.id, by="cli", now=NOON)
    frame, method = Frame(people=("ada", "ben", "cyd", "dan")), Method(size=9)
    return made, draw(post.desk, ledger, made, frame, method, deliver=MAIL, by="cli", now=NOON)


def stand(post: Post, made: Draw) -> dict[str, str]:
    with post.desk.read() as tx:
        return {str(one.person): one.reason or one.sending.value for one in invitations.of_draw(tx, made.id)}


def test_who_may_be_asked_is_asked_once_and_who_may_not_is_told_with_the_reason(
    post: Post, ledger: Ledger, server: MailServer
) -> None:
    with post.desk.begin() as tx:
        consents.record(
            tx, ["ben"], Audience.CUSTOMER, Purpose.SURVEYS, Standing.WITHDRAWN,
            channel=Channel.EMAIL, evidence="wrote so", by="cli", now=NOON,
        )  # fmt: skip
        stops.stop(
            tx,
            f"dan@{DOMAIN}",
            Cause.UNSUBSCRIBED,
            purpose=Purpose.SURVEYS,
            evidence="clicked",
            by="ada",
            now=NOON,
        )
    made, sample = drawn(post, ledger)
    for _ in range(3):
        send_waiting(post.desk, ledger, BASE, NOON)
        send_due(post)
    send_waiting(post.desk, ledger, BASE, NOON)
    assert stand(post, sample) == {
        "ada": "sent",
        "ben": "consent_withdrawn",
        "cyd": "handed_over",
        "dan": "unsubscribed",
    }, "it is night in Auckland"
    (mail,) = server.wait_for("ada", 1)
    text = mail.get_payload(0).get_payload(decode=True).decode()  # type: ignore[union-attr]
    links = re.findall(rf"{re.escape(BASE)}/s/\S+\?to=\S+&score=(\d+)", text)
    assert links == [str(number) for number in range(11)]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    ledger.load(NOON)
    told = [row for row in rows(ledger) if row["source"] == made.id]
    assert [(row["name"], row["person"]) for row in told] == [("survey invited", "ada")]
    assert json.loads(str(told[0]["properties"]))["probability"] == 1.0
