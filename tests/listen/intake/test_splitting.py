"""One bad event never costs the others, wherever it is and whatever is wrong with it."""

import codecs
import contextlib
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as some

from emptychair.listen.intake.splitting import Door, NotEvents, split
from emptychair.listen.intake.translating import Translator

from .hearing import faults, rows, understood

SEGMENT, PLAIN = Door.SEGMENT, Door.PLAIN
GOOD = b'{"type":"track","event":"x","userId":"u"}'
texts = some.text(max_size=12)
values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | texts,
    lambda inside: some.lists(inside, max_size=3) | some.dictionaries(texts, inside, max_size=3),
    max_leaves=12,
)
events = some.lists(some.dictionaries(texts, values, max_size=4), max_size=6)
# Members of a batch that are no JSON, and whose brackets and quotes are whole: so much is needed to cut.
BROKEN = (
    b'{"a":nope}', b'{"a":NaN}',
    b'{"a":Infinity}', b'{"a":1e}', b'{"a":01}', b"{'a'}", b'{"a" 1}', b'{"a":"\xff"}',
    b'{"a":"\\x"}', b'{"a":"\n"}', b'{"a":+1}', b'[{]}', b"nope", b'{"a":.5}',
)  # fmt: skip


def as_read(found: object) -> list[object]:
    return [json.loads(bytes(one)) for one in split(*found).events]  # type: ignore[misc]


@given(events)
def test_what_is_json_is_cut_into_what_was_put_in(batch: list[dict]) -> None:
    for door, name in ((SEGMENT, "batch"), (Door.POSTHOG, "batch"), (PLAIN, "signals")):
        assert (
            as_read((door, json.dumps({"sentAt": "x", name: batch, "more": {"batch": [1]}}).encode()))
            == batch
        )
        assert as_read((door, json.dumps(batch).encode())) == batch
    assert as_read((Door.CLOUDEVENTS, json.dumps(batch).encode())) == batch


@given(
    good=some.lists(some.dictionaries(texts, values, max_size=3), min_size=1, max_size=5),
    place=some.integers(0, 5),
    broken=some.sampled_from(BROKEN),
    write=some.sampled_from(
        [lambda one: json.dumps(one), lambda one: json.dumps(one, indent=2, ensure_ascii=False)]
    ),
)
def test_a_broken_event_leaves_every_other_as_it_was(
    good: list[dict], place: int, broken: bytes, write: Callable[[object], str]
) -> None:
    written = [write(one).encode("utf-8", "surrogatepass") for one in good]
    place = min(place, len(good))
    whole = [*written[:place], broken, *written[place:]]
    for body in (b'{"sentAt":"x","batch":[%s],"z":{}}' % b" ,".join(whole), b"[%s]" % b",\n".join(whole)):
        found = [bytes(one) for one in split(SEGMENT, body).events]
        assert found == whole


@given(some.binary(max_size=200))
def test_any_bytes_are_cut_or_refused_and_nothing_else(body: bytes) -> None:
    for door in (SEGMENT, Door.POSTHOG, Door.CLOUDEVENTS, PLAIN):
        with contextlib.suppress(NotEvents):
            split(door, body)


@given(some.binary(max_size=60), some.binary(max_size=60))
def test_any_bytes_inside_a_batch_are_understood_or_parked_or_refused(before: bytes, after: bytes) -> None:
    body = b'{"batch":[' + before + b"," + GOOD + after + b"]}"
    try:
        split(SEGMENT, body)
    except NotEvents:
        return
    understood(SEGMENT, body)


DEEP = 100_000
TORTURE = {
    "an integer of 5,000 digits": b'{"a":%s}' % (b"9" * 5_000),
    "a depth of 100,000": b'{"a":%s1%s}' % (b"[" * DEEP, b"]" * DEEP),
    # Deeper ones come near what a request may hold at all.
    "objects 30,000 deep": b'{"a":' * 30_000 + b"1" + b"}" * 30_000,
    "NaN": b'{"a":NaN}',
    "Infinity": b'{"a":-Infinity}',
    "1e999": b'{"a":1e999}',
    "a lone surrogate": rb'{"a":"\ud800"}',
    "half a pair and a letter": rb'{"a":"\udc00x"}',
    "NUL": rb'{"a":"x\u0000y"}',
    "2^63": b'{"a":9223372036854775808}',
    "-2^63-1": b'{"a":-9223372036854775809}',
    "2^64": b'{"a":18446744073709551616}',
    "duplicate keys": b'{"type":"track","event":"x","event":"y","userId":"u"}',
    "bytes that are no UTF-8": b'{"a":"\xff\xfe"}',
    "an overlong zero": b'{"a":"\xc0\x80"}',
    "a number for a text": b'{"type":"track","event":1}',
    "a list for an object": b'{"type":"track","event":"x","properties":[]}',
    "nothing": b"{}",
    "null": b"null",
    "a text": b'"hello"',
    "a truth": b"true",
    "a control character": b'{"a":"\x01"}',
    "a comma too many": b'{"a":1,}',
    "a comment": b'{"a":1/*x*/}',
    "an empty key": b'{"":""}',
    "a key of 10,000 letters": b'{"%s":1}' % (b"k" * 10_000),
    "negative zero": b'{"a":-0.0}',
    "a formula": b'{"type":"track","event":"=1+1","userId":"@x"}',
}


@pytest.mark.parametrize("name", TORTURE)
@pytest.mark.parametrize("door", [SEGMENT, Door.POSTHOG, Door.CLOUDEVENTS, PLAIN])
def test_of_a_hundred_events_one_of_the_torture_list_costs_at_most_itself(door: Door, name: str) -> None:
    good = {
        SEGMENT: b'{"type":"track","event":"x","messageId":"%d"}',
        Door.POSTHOG: b'{"event":"x","distinct_id":"u","uuid":"%d"}',
        Door.CLOUDEVENTS: b'{"specversion":"1.0","id":"%d","source":"/s","type":"x"}',
        PLAIN: b'{"kind":"did","name":"x","id":"%d"}',
    }[door]
    whole = [good % number for number in range(99)]
    whole.insert(50, TORTURE[name])
    list_of = b"signals" if door is PLAIN else b"batch"
    body = (
        b"[%s]" % b",".join(whole)
        if door is Door.CLOUDEVENTS
        else b'{"%s":[%s]}' % (list_of, b",".join(whole))
    )
    found = understood(door, body)
    stored = [row for row in rows(found) if row["name"] == "x"]
    assert len(stored) >= 99
    assert found.signals.num_rows + len(found.parked) == 100
    for event in found.parked:
        assert event.raw == TORTURE[name].strip()
        assert event.expected
    Translator()([])


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("body", [b'{"batch":[%s,%s]}' % (GOOD, GOOD), b"[%s]" % GOOD, GOOD])
def test_other_encodings_are_read_where_their_first_bytes_tell_them(name: str, body: bytes) -> None:
    text = body.decode()
    assert as_read((SEGMENT, text.encode(name))) == as_read((SEGMENT, body))
    if name == "utf-16":
        assert text.encode(name).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


@pytest.mark.parametrize(
    "body",
    [b"", b"   ", b"nope", b"{", b"}", b'{"batch":[', b'{"batch":[{}', b'{"batch":[{}]', b"[{]", b'"',
     b'{"a":"', b'{"batch":{}}', b'{"batch":7}',
     b"\x00\x00", b"{]" * 50_000, b"[" * 400_000, b'{"batch":"[]"}', b"\xff\xfe{\x00",
      b"1", b"null"],
)  # fmt: skip
def test_what_is_no_list_of_events_is_refused_whole(body: bytes) -> None:
    with pytest.raises(NotEvents):
        split(SEGMENT, body)


def test_a_parked_event_is_kept_byte_for_byte() -> None:
    bad = b'{ "type" : "track",\t"event":"\xff", "n": 1.50 }'
    found = understood(SEGMENT, b'{"batch":[%s,%s]}' % (GOOD, bad))
    assert faults(found) == [("not_json", "event")]
    assert found.parked[0].raw == bad
