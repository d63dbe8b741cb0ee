"""Files for the browser: kept for ever, small, and from nowhere else."""

import gzip
import re
from pathlib import Path

import httpx

import emptychair.web
from emptychair.web.assets import Assets
from emptychair.web.texts import wanted_locale

WEB = Path(emptychair.web.__file__).parent


def test_files_are_kept_for_ever_under_the_hash_of_their_content(stranger: httpx.Client) -> None:
    url = Assets().url("app.css")
    answer = stranger.get(url)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")
    assert stranger.get(url, headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
    assert stranger.get(url.replace("app.", "app.0")).status_code == 404
    assert stranger.get("/static/../access.py").status_code == 404


def test_styles_name_only_files_that_are_there(stranger: httpx.Client) -> None:
    css = stranger.get(Assets().url("app.css")).text
    fonts = re.findall(r'url\("([^"]+)"\)', css)
    assert len(fonts) == 2
    assert [stranger.get(url).status_code for url in fonts] == [200, 200]


def test_what_every_page_needs_is_at_most_78_kb() -> None:
    """A page is at most 100 kB with everything, which leaves 22 for its own text (see the browser tests)."""
    assets = Assets()
    total = 0
    for name in ("app.css", "app.js", "htmx.js", "font/inter-latin.woff2", "favicon.svg"):
        asset = assets._by_name[name]
        total += len(asset.body if asset.packed is None else asset.packed)
    assert total <= 78_000


def test_nothing_is_asked_of_another_host() -> None:
    for path in [
        *WEB.rglob("*.html"),
        *(WEB / "static" / "css").glob("*.css"),
        *(WEB / "static" / "js" / "app").glob("*.js"),
    ]:
        # Hints show addresses of RFC 2606 ("shop.example"): no host has such a name.
        text = re.sub(r"http://localhost|https://[a-z.-]+\.example\b", "", path.read_text("utf-8"))
        assert not re.search(r"https?://|//[a-z0-9-]+\.[a-z]", text), path


def test_templates_have_neither_inline_styles_nor_inline_scripts() -> None:
    for path in WEB.rglob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"\sstyle=|<style|<script(?! src)|\son[a-z]+=\"|hx-on|javascript:", text), path


def test_every_text_of_the_templates_can_be_translated() -> None:
    """Words between tags go through gettext; what is left is punctuation, numbers, names of formats."""
    for path in WEB.rglob("templates/**/*.html"):
        text = re.sub(
            r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<!doctype html>", "", path.read_text("utf-8"), flags=re.DOTALL
        )
        words = re.findall(r">([^<>]*[A-Za-z]{3,}[^<>]*)<", text)
        left = {word.strip() for word in words} - {
            "Empty Chair",
            "emptychair link",
            "JSON",
            "CSV",
            "· Empty Chair",
        }
        assert left == set(), path


def test_a_page_is_sent_compressed(stranger: httpx.Client) -> None:
    answer = stranger.get("/setup", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert len(gzip.compress(answer.content)) < 6_000


def test_the_first_language_that_we_speak_is_taken_with_its_territory() -> None:
    assert str(wanted_locale("xx, en-GB;q=0.8, en;q=0.9")) == "en"
    assert str(wanted_locale("en-GB,en;q=0.5")) == "en_GB"
    assert str(wanted_locale("")) == "en"
    assert str(wanted_locale(",,;q=x,en-;q=2, \u2028" * 200)) == "en"
