"""What customers are worth, of a company of which nothing is known."""

from emptychair.web.access import Who
from tests.web.conftest import Client


def test_where_nobody_paid_the_page_says_so_and_what_to_do(client: Client) -> None:
    ada = client(Who.OWNER)
    page = ada.get("/customers/value").text
    assert "payments are known" in page
    assert 'href="/imports"' in page
    assert "<select" not in page.partition("<main")[2]
    told = ada.get("/customers/value.json").json()
    assert (told["sums"], told["people"], told["total"]) == ([], [], 0)
    assert told["lack"].startswith("Nobody's payments are known")
    assert len(ada.get("/customers/value.csv").text.splitlines()) == 1
