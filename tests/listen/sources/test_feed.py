"""RSS and Atom: entries once each, whatever the feed is made of, read by a process that may die of them."""

import pytest

from emptychair.desk.fetching import Condition
from emptychair.listen.sources.limited import Limit, Limited, TooHard
from tests.listen.sources.conftest import House
from tests.serving import Reply, Request, serving

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Coffee people</title><link>https://forum.example.com</link>
{items}
</channel></rss>"""
ITEM = """<item><title>{title}</title><link>https://forum.example.com/{n}</link>
<guid isPermaLink="false">{n}</guid>
<pubDate>Mon, 02 Nov 2026 10:0{n}:00 +0100</pubDate><dc:creator>ada</dc:creator><category>praise</category>
<content:encoded><![CDATA[<p>The <b>espresso</b> is great.</p><script>a()</script>]]></content:encoded>
</item>"""
ATOM = b"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Status</title><id>tag:example.com,2026:feed</id>
<entry><id>tag:example.com,2026:1</id><title>Outage</title><updated>2026-11-02T09:00:00Z</updated>
<link href="https://status.example.com/1"/><summary>It was down.</summary>
<author><name>ops</name></author></entry>
</feed>"""


def rss(*numbers: int) -> bytes:
    """Newest first, as feeds are."""
    items = "\n".join(ITEM.format(n=n, title=f"Entry {n}") for n in sorted(numbers, reverse=True))
    return RSS.format(items=items).encode()


def test_entries_become_words_that_somebody_wrote(house: House) -> None:
    with serving(lambda request: Reply(body=rss(1, 2))) as server:
        source = house.source("feed", address=f"{server.url}/feed")
        how = house.run(source)
    assert how.brought == 2
    first, second = house.signals(source)
    assert (first["kind"], first["name"], first["channel"]) == ("said", "post", "feed")
    assert first["text"] == "Entry 1\n\nThe espresso is great."
    assert first["occurred_at"].isoformat() == "2026-11-02T09:01:00"
    assert first["person"] is None
    assert '"author":"ada"' in first["properties"]
    assert '"feed":"Coffee people"' in first["properties"]
    assert second["text"].startswith("Entry 2")


def test_atom_is_read_too(house: House) -> None:
    with serving(
        lambda request: Reply(body=ATOM, headers={"content-type": "application/atom+xml"})
    ) as server:
        source = house.source("feed", address=server.url)
        house.run(source)
    (signal,) = house.signals(source)
    assert signal["text"] == "Outage\n\nIt was down."


def test_an_entry_is_stored_once_while_the_feed_moves_on(house: House) -> None:
    numbers: tuple[int, ...] = (1, 2, 3)
    with serving(lambda request: Reply(body=rss(*numbers))) as server:
        source = house.source("feed", address=server.url)
        house.run(source)
        numbers = (2, 3, 4, 5)
        how = house.run(source, house.how(source).due_at - house.now)
    assert how.brought == 5
    assert house.books(source).stored == 5


def test_what_did_not_change_is_not_read_again(house: House) -> None:
    def answer(request: Request) -> Reply:
        if request.headers.get("if-none-match") == '"v1"':
            return Reply(status=304)
        return Reply(body=rss(1), headers={"etag": '"v1"', "last-modified": "Mon, 02 Nov 2026 10:00:00 GMT"})

    with serving(answer) as server:
        source = house.source("feed", address=server.url)
        house.run(source)
        how = house.run(source, house.how(source).due_at - house.now)
        assert server.asked[1].headers["if-modified-since"] == "Mon, 02 Nov 2026 10:00:00 GMT"
    assert (how.condition, how.brought) == (Condition.WELL, 1)
    assert how.cursor["etag"] == '"v1"'


def test_authors_that_are_left_out_are_counted_and_not_kept(house: House) -> None:
    with serving(lambda request: Reply(body=rss(1))) as server:
        source = house.source("feed", address=server.url, leave_out="@Ada\nothers")
        house.run(source)
    assert house.signals(source) == []
    assert house.books(source).refusals == {"left_out": 1}


def test_the_same_entry_in_two_feeds_is_one_signal_when_its_id_is_an_address(house: House) -> None:
    with serving(lambda request: Reply(body=ATOM)) as server:
        first, second = (house.source("feed", address=f"{server.url}/{name}") for name in "ab")
        house.run(first)
    assert len(house.signals()) == 1
    assert house.books(first).stored + house.books(second).stored == 1


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>hello</body></html>", b"{}", b"\x00\xff" * 100, b"<rss", b"%PDF-1.7"]
)
def test_what_is_no_feed_is_told_and_tried_again(house: House, body: bytes) -> None:
    with serving(lambda request: Reply(body=body)) as server:
        how = house.run(house.source("feed", address=server.url))
    assert how.condition in (Condition.TROUBLED, Condition.WELL)
    if how.condition is Condition.TROUBLED:
        assert "no feed" in str(how.error)
    assert house.signals() == []


def test_a_document_that_grows_in_memory_ends_the_reader_and_nothing_else(house: House) -> None:
    """A billion laughs: entities that stand for entities (CVE-2003-1564)."""
    entities = '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    item = "<item><title>&l11;</title></item>"
    bomb = f"<!DOCTYPE r [{entities}]><rss version='2.0'><channel>{item}</channel></rss>"
    with serving(lambda request: Reply(body=bomb.encode())) as server:
        house.run(house.source("feed", address=server.url))
    with serving(lambda request: Reply(body=rss(1))) as server:
        source = house.source("feed", address=server.url)
        assert house.run(source).brought == 1


def test_a_reader_that_takes_too_long_is_replaced() -> None:
    slow = Limited(Limit(cpu=1, seconds=0.01))
    with pytest.raises(TooHard, match="took more than"):
        slow.read("feed", b'{}\n<rss version="2.0">' + b"<item><title>x</title></item>" * 20_000)
    slow.close()
    quick = Limited()
    assert b"entries" in quick.read("feed", b"{}\n" + rss(1))
    quick.close()


def test_a_trial_shows_the_first_signals_and_keeps_nothing(house: House) -> None:
    with serving(lambda request: Reply(body=rss(1, 2, 3))) as server:
        trial = house.trial("feed", address=server.url)
        assert trial.trouble is None
        assert (trial.items, len(trial.signals)) == (3, 3)
        assert trial.signals[0]["text"].startswith("Entry 3")
    assert house.trial("feed", address=server.url).trouble is not None
    assert house.signals() == []
