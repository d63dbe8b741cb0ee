"""What must not leave the machine is found, and nothing else."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.understand.language.privacy.names import Known
from emptychair.understand.language.privacy.redaction import redacted

MARKED = re.compile(r"\{(url|email|iban|card|ip|phone|staff|name):([^}]*)\}")


def known(region: str | None) -> Known:
    return Known(
        names=["María José O'Neill-Díaz"],
        staff=["Jean Kowalski", "田中太郎"],
        staff_addresses=["jean.k@chair.example"],
        region=region,
    )


def corpus() -> list[tuple[str, str | None]]:
    region: str | None = "US"
    cases: list[tuple[str, str | None]] = []
    for line in (Path(__file__).parent / "corpus.txt").read_text().splitlines():
        if line.startswith("= "):
            region = line[2:] if line != "= -" else None
        elif not line.startswith("#") and "(jean.k@chair.example)" not in line:
            cases.append((line, region))
    return cases


CASES = corpus()


def test_the_corpus_is_large() -> None:
    assert len(CASES) >= 150
    assert sum(bool(MARKED.search(line)) for line, _ in CASES) >= 75


@pytest.mark.parametrize(("line", "region"), CASES)
def test_what_must_be_found_is_found_and_nothing_else(line: str, region: str | None) -> None:
    text = MARKED.sub(lambda match: match[2], line)
    found = redacted(text, known(region))
    said = [(str(place.kind), text[place.begin : place.end]) for place in found.places]
    assert said == [(match[1], match[2]) for match in MARKED.finditer(line)]
    assert found.text == MARKED.sub(lambda match: f"[{match[1]}]", line)


HOSTILE = [
    "1 ",
    "1",
    "a",
    "a.",
    "a@",
    "@",
    ":",
    "1.",
    "1-",
    "+1 ",
    "DE89 ",
    "www.",
    "https://a?",
    "(",
    "4111 ",
    "+49 30 ",
]


@pytest.mark.parametrize("bit", HOSTILE)
def test_fifty_kilobytes_of_spite_come_back(bit: str) -> None:
    text = bit * (50_000 // len(bit))
    found = redacted(text, known("US"))
    assert len(found.text) > 0
    assert all(one.end <= other.begin for one, other in zip(found.places, found.places[1:], strict=False))


@given(st.text(max_size=200), st.sampled_from(["US", "DE", None]))
def test_what_is_between_the_places_stays(text: str, region: str | None) -> None:
    found = redacted(text, known(region))
    rebuilt, at = "", 0
    for place in found.places:
        assert at <= place.begin < place.end
        rebuilt += text[at : place.begin] + f"[{place.kind}]"
        at = place.end
    assert rebuilt + text[at:] == found.text


def test_a_thousand_people_of_the_company_are_known_at_once() -> None:
    staff = [
        f"Person{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}{n // 100 * 'x'} Name" for n in range(1_000)
    ]
    text = "Persondm Name helped me. " * 1_500
    assert len(redacted(text, Known(staff=staff)).places) == 1_500
