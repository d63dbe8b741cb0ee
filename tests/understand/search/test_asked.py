"""What is asked for is data: any text becomes a few words, in a time that grows with its length."""

from hypothesis import given, settings
from hypothesis import strategies as st

from emptychair.understand.search.asked import LONGEST, MOST_WORDS, asked


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=[]), max_size=1_000))
def test_any_text_is_taken(text: str) -> None:
    found = asked(text)
    assert len(found.text) <= LONGEST
    assert len(found.words) <= MOST_WORDS
    assert len(found.phrases) <= MOST_WORDS
    assert found.is_empty == (found.stems == frozenset())
    assert 0 <= found.needed <= len(found.words)


def test_a_megabyte_is_cut() -> None:
    assert asked("refund " * 150_000).words == (("refund",),)
    assert asked('"' * 1_000_000).is_empty


def test_what_is_said_everywhere_is_looked_for_only_when_there_is_nothing_else() -> None:
    assert asked("what is with my parcel").words == (("parcel",),)
    assert asked("who are you").words == (("who",), ("are",), ("you",))
    assert asked("the “late refund”").words == ()
