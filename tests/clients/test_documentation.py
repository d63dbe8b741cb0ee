"""The pages about clients show the very line that Settings, Sources shows."""

from pathlib import Path

import pytest

from emptychair.web.sources.clients import Client, clients

PAGES = Path(__file__).parents[2] / "docs" / "clients"
ALL = clients("https://chair.example.com", "wk_your_write_key")


@pytest.mark.parametrize("client", ALL, ids=lambda client: client.page)
def test_a_client_has_a_page_with_its_line(client: Client) -> None:
    assert client.code.strip() in (PAGES / client.page).read_text()
    assert f"({client.page})" in (PAGES / "README.md").read_text()


def test_no_page_is_left_behind() -> None:
    assert {path.name for path in PAGES.glob("*.md")} == {"README.md", *(client.page for client in ALL)}
