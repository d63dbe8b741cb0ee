"""The script that rebuilds the models says whether they are the same to the bit, and how alike where not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from emptychair.understand.language.embedding import MODELS

ROOT = Path(__file__).parents[1]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """What the models were made into."""
    folder = tmp_path / "made"
    shutil.copytree(MODELS / "fast", folder / "static-256")
    shutil.copy(MODELS / "small" / "model.onnx", folder / "all-minilm-l6-v2-int8.onnx")
    shutil.copy(MODELS / "small" / "tokenizer.json", folder / "all-minilm-l6-v2-tokenizer.json")
    return folder


def build(folder: Path, into: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "tools" / "build_models.py"), str(folder), "--into", str(into)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)


def test_what_they_were_made_into_is_the_same_to_the_bit(made: Path, tmp_path: Path) -> None:
    built = build(made, tmp_path / "built")
    assert built.returncode == 0
    assert built.stdout.count("the same to the bit") == 4
    assert (tmp_path / "built" / "small" / "model.onnx").read_bytes() == (
        MODELS / "small" / "model.onnx"
    ).read_bytes()


def test_another_file_is_told_with_how_alike_its_vectors_are(made: Path, tmp_path: Path) -> None:
    tokenizer = made / "static-256" / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    built = build(made, tmp_path / "built")
    assert built.returncode == 1
    assert "fast/tokenizer.json: another content" in built.stdout
    assert built.stdout.count("correlation of 1.0000") == 2


def test_a_folder_without_a_model_says_what_it_lacks(tmp_path: Path) -> None:
    built = build(tmp_path, tmp_path / "built")
    assert built.returncode == 1
    assert "config.json, model.safetensors, tokenizer.json" in built.stderr
