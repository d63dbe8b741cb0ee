"""Models of the company's own choice: folders that are right and wrong, and an endpoint that is pretended."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emptychair.channels.outside import Outside, networks
from emptychair.understand.language.embedding import MODELS, Tier, embedder, embedder_name, reached
from emptychair.understand.language.endpoint_model import EndpointModel
from emptychair.understand.language.own import Endpoint, Folder, ModelTrouble, heard, told
from tests.understand.ask.pretending import Model, model

TEXTS = ["The refund is late.", "", "🙂", "word " * 3_000, "退款很慢", "\x00<b>", "The refund is late."]
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model that comes along as somebody else's folder, with ONNX where Hugging Face has it."""
    folder = tmp_path_factory.mktemp("models") / "my-model"
    (folder / "onnx").mkdir(parents=True)
    shutil.copy(MODELS / "small" / "tokenizer.json", folder)
    shutil.copy(MODELS / "small" / "model.onnx", folder / "onnx")
    return folder


def test_a_folder_makes_the_vectors_that_its_model_makes(small: Path) -> None:
    own = embedder(Folder(path=small))
    assert own.width == 384
    assert own.name.startswith("my-model-")
    vectors = own.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert np.array_equal(vectors[0], vectors[-1]), "whatever it comes together with"
    assert not vectors[1].any()
    known = embedder(Tier.SMALL).embed(TEXTS[:1])
    assert float(vectors[0] @ known[0]) > 0.999


def test_static_vectors_in_a_folder_are_used_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "table"
    shutil.copytree(MODELS / "fast", folder)
    own = embedder(Folder(path=folder))
    assert np.array_equal(own.embed(TEXTS), embedder(Tier.FAST).embed(TEXTS))
    assert own.name == embedder_name(Folder(path=folder)) != embedder_name(Tier.FAST)


def test_its_name_is_another_when_anything_in_it_is(small: Path, tmp_path: Path) -> None:
    other = tmp_path / "my-model"
    shutil.copytree(small, other)
    assert Folder(path=other).name == Folder(path=small).name
    pooled = tmp_path / "pooled" / "my-model"
    shutil.copytree(small, pooled)
    (pooled / "1_Pooling").mkdir()
    (pooled / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    assert Folder(path=pooled).name != Folder(path=small).name


def broken(folder: Path, small: Path, what: str) -> str:
    """Break a copy of the folder; what the trouble says."""
    shutil.copytree(small, folder)
    if what == "no model":
        (folder / "onnx" / "model.onnx").unlink()
        return "optimum-cli export onnx"
    if what == "no tokenizer":
        (folder / "tokenizer.json").unlink()
        return "has no tokenizer.json"
    if what == "torn model":
        whole = (folder / "onnx" / "model.onnx").read_bytes()
        (folder / "onnx" / "model.onnx").write_bytes(whole[:100_000])
        return "cannot be used"
    if what == "torn tokenizer":
        (folder / "tokenizer.json").write_text('{"model": 7')
        return "tokenizer.json cannot be used"
    (folder / "1_Pooling").mkdir()
    said = (
        {"pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": True} if what == "two" else {what: True}
    )
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(said))
    return "together" if what == "two" else "is not known here"


@pytest.mark.parametrize(
    "what",
    ["no model", "no tokenizer", "torn model", "torn tokenizer", "two", "pooling_mode_weightedmean_tokens"],
)
def test_a_folder_that_cannot_be_used_says_why(tmp_path: Path, small: Path, what: str) -> None:
    why = broken(tmp_path / "model", small, what)
    with pytest.raises(ModelTrouble, match=why):
        embedder(Folder(path=tmp_path / "model"))


def test_no_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelTrouble, match="is no folder"):
        embedder_name(Folder(path=tmp_path / "nowhere"))


def vectors_of(asked: dict[str, Any]) -> tuple[int, bytes]:
    rows = embedder(Tier.FAST).embed(asked["input"])
    data = [{"index": n, "object": "embedding", "embedding": row.tolist()} for n, row in enumerate(rows)]
    return 200, json.dumps({"data": data[::-1], "model": asked["model"]}).encode()


@pytest.fixture
def listening() -> Iterator[Model]:
    with model() as pretended:
        pretended.reply = vectors_of
        yield pretended


@pytest.fixture
def outside() -> Iterator[Outside]:
    opened = Outside(clock=lambda: NOW, allowed=networks("127.0.0.0/8"))
    yield opened
    opened.close()


def endpoint(listening: Model, width: int = 256) -> Endpoint:
    return Endpoint(address=listening.url, model="org/tiny", width=width, key="sesame", allowed="127.0.0.0/8")


def test_an_endpoint_gets_redacted_texts_a_few_at_a_time(listening: Model, outside: Outside) -> None:
    own = EndpointModel(endpoint(listening), outside)
    texts = [f"Parcel {n} of ann@example.com is late." for n in range(150)] + ["", "  "]
    found = own.embed(texts)
    assert [len(asked["input"]) for asked in listening.asked] == [64, 64, 22]
    assert "example.com" not in json.dumps(listening.asked)
    assert listening.asked[0]["input"][0] == "Parcel 0 of [email] is late."
    assert listening.asked[0]["model"] == "org/tiny"
    assert listening.headers[0]["authorization"] == "Bearer sesame"
    assert not found[-2:].any()
    expected = embedder(Tier.FAST).embed(listening.asked[0]["input"][:3])
    assert np.allclose(found[:3], expected, atol=1e-6)


def test_it_is_tried_again_with_a_growing_wait(listening: Model, outside: Outside) -> None:
    answers = iter([(500, b""), (429, b""), (200, b"<html>")])
    listening.reply = lambda asked: next(answers, None) or vectors_of(asked)
    rests: list[float] = []
    own = EndpointModel(endpoint(listening), outside, rest=rests.append)
    assert own.embed(["a word"]).any()
    assert rests == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("status", "body", "why", "times"),
    [
        (503, b"", "answered 503", 5),
        (401, b"no", "answered 401", 1),
        (200, b'{"data": []}', "one vector for each", 1),
        (
            200,
            b'{"data": [{"index": 0, "embedding": [1.0, 2.0]}]}',
            "have 2 numbers, and EMPTYCHAIR_READING_WIDTH",
            1,
        ),
        (200, b'{"data": [{"index": 0, "embedding": ["x"]}]}', "not expected", 5),
    ],
)
def test_an_endpoint_that_does_not_do_says_why(
    listening: Model, outside: Outside, status: int, body: bytes, why: str, times: int
) -> None:
    listening.reply = lambda asked: (status, body)
    with pytest.raises(ModelTrouble, match=why) as raised:
        EndpointModel(endpoint(listening), outside, rest=lambda seconds: None).embed(["a word"])
    assert len(listening.asked) == times
    assert "sesame" not in str(raised.value)


def test_a_model_is_told_to_another_process_without_its_key(listening: Model, small: Path) -> None:
    own = endpoint(listening)
    assert "sesame" not in told(own) + repr(own)
    again = heard(told(own), "sesame")
    assert (again, again.key) == (own, "sesame")  # type: ignore[union-attr]
    assert heard(told(Folder(path=small)), "") == Folder(path=small)


def test_an_endpoint_is_known_by_model_address_and_width(listening: Model, outside: Outside) -> None:
    own = endpoint(listening)
    names = {
        own.name,
        endpoint(listening, 512).name,
        Endpoint(address="https://x", model="org/tiny", width=256).name,
    }
    assert len(names) == 3
    assert all("/" not in name for name in names)
    reached(own, EndpointModel(own, outside))
    assert embedder(own).name == own.name
