"""The post goes out: what is due is handed to the mail server, each message at most once."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from emptychair.channels.email.admitting import IsHeldOut, PeopleOf, admitted, alone, nobody
from emptychair.channels.email.dkim import KeyTrouble, signed
from emptychair.channels.email.mime import Mail, message_id, packed
from emptychair.channels.email.smtp import Line, Outcome, ServerTrouble, Verdict
from emptychair.channels.email.statuses import says_nobody_is_there
from emptychair.channels.email.terms import Terms, terms
from emptychair.channels.email.verp import return_path
from emptychair.channels.outside import Outside, OutsideError
from emptychair.desk import lines, outbox, posting, stops
from emptychair.desk.addresses import domain_of
from emptychair.desk.desk import Desk
from emptychair.desk.lines import SMTP
from emptychair.desk.outbox import Message
from emptychair.desk.stops import Cause

log = logging.getLogger("emptychair.mail")
# Longer than all that may be waited for in one message; when it is over its holder is taken for dead.
HOLD = timedelta(minutes=5)
RUN = timedelta(seconds=15)  # a server that is stopped waits for the run; the next one begins a second later
BATCH = 500
# A server that does not know us yet wants a few minutes (greylisting); one that is broken wants hours.
PATIENCE = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
LONGEST_PAUSE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What sending works with. `people_of` tells all ids of a person, `is_held_out` who is in a holdout."""

    desk: Desk
    outside: Outside
    home: Path
    base_url: str
    clock: Callable[[], datetime]
    people_of: PeopleOf = alone
    is_held_out: IsHeldOut = nobody


def is_due(post: Post) -> bool:
    """Whether there is something to do: mail is set up, its line may be used, and a message waits."""
    now = post.clock()
    with post.desk.read() as tx:
        if not posting.is_any_due(tx, now) or not lines.is_open(tx, SMTP, now):
            return False
        found = terms(tx, post.home, post.base_url)
        return found is not None and (
            posting.is_any_orphaned(tx, now) or bool(posting.due(tx, now, pace=found.pace, limit=1))
        )


def send_due(post: Post) -> int:
    """Send what is due, for a quarter of a minute; how many messages the server took.

    Safe to run twice at once, and to be killed anywhere: what was handed over and not answered is uncertain.
    """
    now = post.clock()
    with post.desk.begin() as tx:
        posting.recover(tx, now)
        found = terms(tx, post.home, post.base_url)
        if found is None or not lines.is_open(tx, SMTP, now):
            return 0
        due = posting.due(tx, now, pace=found.pace, limit=BATCH)
    return _sent_over_a_line(post, found, due) if due else 0


def _sent_over_a_line(post: Post, found: Terms, due: list[str]) -> int:
    taken = 0
    try:
        with Line(found.server, post.outside) as line:
            end = post.clock() + RUN
            for one in due:
                if post.clock() >= end or not line.is_open:
                    break
                taken += _sent(post, found, line, one)
    except (OutsideError, KeyTrouble) as trouble:
        # A server that ends a connection after so many messages is not broken: the next run goes on.
        if not taken or not _is_temporary(trouble):
            _line_failed(post, trouble)
            return taken
    with post.desk.begin() as tx:
        lines.worked(tx, SMTP, post.clock())
    return taken


def _sent(post: Post, found: Terms, line: Line, message_id: str) -> bool:
    """True when the server took it."""
    message = _taken(post, found, message_id)
    if message is None:
        return False
    try:
        whole = _whole(found, message, post.clock())
        outcome = line.give(
            _return_path(found, message), message.address, whole, lambda: _hand_over(post, message)
        )
    except (ServerTrouble, KeyTrouble):
        with post.desk.begin() as tx:
            posting.put_back(tx, message, post.clock())
        raise
    except ValueError as error:
        with post.desk.begin() as tx:
            posting.fail(tx, message, f"this message cannot be written: {error}", post.clock())
        return False
    _write_down(post, message, outcome)
    return outcome.verdict is Verdict.TAKEN


def _taken(post: Post, found: Terms, message_id: str) -> Message | None:
    """The message, held and admitted, or None."""
    with post.desk.begin() as tx:
        now = post.clock()
        waiting = outbox.find(tx, message_id)
        if waiting is None or posting.handed_lately(tx, domain_of(waiting.address), now) >= found.pace:
            return None
        message = posting.take(tx, message_id, now, HOLD)
        if message is None or not admitted(tx, message, now, post.people_of, post.is_held_out):
            return None
    return message


def _hand_over(post: Post, message: Message) -> bool:
    with post.desk.begin() as tx:
        return posting.hand_over(tx, message, post.clock(), HOLD)


def _write_down(post: Post, message: Message, outcome: Outcome) -> None:
    now = post.clock()
    with post.desk.begin() as tx:
        if outcome.verdict is Verdict.TAKEN:
            posting.sent(tx, message, outcome.reply, now)
        elif outcome.verdict is Verdict.UNKNOWN:
            posting.lose_sight(tx, message, outcome.reply, now)
        elif outcome.verdict is Verdict.NEVER:
            posting.fail(tx, message, outcome.reply, now)
            if says_nobody_is_there(outcome.reply):
                told = f"the mail server refused {message.id}: {outcome.reply}"
                stops.stop(tx, message.address, Cause.BOUNCED, evidence=told, by="system", now=now)
        elif outcome.verdict is Verdict.NOT_NOW:
            again = now + PATIENCE[min(message.troubles, len(PATIENCE) - 1)]
            if again >= message.expires_at:
                posting.fail(tx, message, outcome.reply, now)
            else:
                posting.retry(tx, message, again, outcome.reply)


def _line_failed(post: Post, trouble: OutsideError | KeyTrouble) -> None:
    now = post.clock()
    with post.desk.begin() as tx:
        resumes_at = None
        if isinstance(trouble, OutsideError) and trouble.is_temporary:
            failures = lines.state(tx, SMTP).failures
            resumes_at = now + min(timedelta(seconds=15 * 2 ** min(failures, 10)), LONGEST_PAUSE)
        lines.failed(tx, SMTP, str(trouble), now, resumes_at)
    log.warning("mail cannot be sent: %s", trouble)


def _is_temporary(trouble: OutsideError | KeyTrouble) -> bool:
    return isinstance(trouble, OutsideError) and trouble.is_temporary


def _whole(found: Terms, message: Message, now: datetime) -> bytes:
    """The message as bytes, signed where we sign. Raises `KeyTrouble`, and ValueError for what cannot be."""
    mail = Mail(
        message_id=message_id(message.id, found.sender),
        sender=found.sender,
        sender_name=found.sender_name,
        to=message.address,
        reply_to=found.reply_to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        unsubscribe=message.unsubscribe,
        now=now,
    )
    whole = packed(mail)
    return signed(whole, found.signer) if found.signer is not None else whole


def _return_path(found: Terms, message: Message) -> str:
    return return_path(found.bounces, found.key, message.id) if found.bounces else found.sender
