"""Rebuilds the two models that come with the product, and says whether they are the same to the bit.

    python tools/build_models.py FOLDER [--into OUT] [--keep]

FOLDER is what the models were made into (`all-minilm-l6-v2-int8.onnx`, `all-minilm-l6-v2-tokenizer.json` and
`static-256/`), which is copied; or sentence-transformers/all-MiniLM-L6-v2 as Hugging Face has it
(`config.json`, `model.safetensors`, `tokenizer.json`), from which both are made: the transformer written in
ONNX and given int8 weights, the static vectors distilled from it as model2vec does. That needs the package
onnx (`uv run --with onnx`), and no torch. What is made goes to a folder of its own; with --keep it takes the
place of what comes with the product.
"""

import argparse
import hashlib
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnxruntime

MODELS = Path(__file__).resolve().parent.parent / "emptychair" / "understand" / "language" / "models"
# What comes with the product, by its content.
DIGESTS = {
    "small/model.onnx": "2741842bed6adb5100463979c4c58b921e29e1dd34b9bc85b75a6c539b9fca46",
    "small/tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "fast/model.safetensors": "e79551e309c0dda899ad94d7bf4b555cd478a6ff8d552258b737f84fa3be8b2f",
    "fast/tokenizer.json": "dd33465341c98889c3338356b6200c8b232b89af5f1b7aa8e6ee1d4d7a699631",
}
MADE = {
    "all-minilm-l6-v2-int8.onnx": "small/model.onnx",
    "all-minilm-l6-v2-tokenizer.json": "small/tokenizer.json",
    "static-256/model.safetensors": "fast/model.safetensors",
    "static-256/tokenizer.json": "fast/tokenizer.json",
}
WIDTH, SIF = 256, 1e-4
AT_ONCE = 256
WHY = (
    "The bundled transformer was exported by torch and quantised by the onnxruntime of its day: written from "
    "the same weights, the graph has other nodes and is rounded elsewhere. Static vectors are known but for "
    "their axes, and their tokenizer is written with other blanks."
)


def main() -> int:
    """0 when what was built is the same to the bit, 1 when it only means the same, 2 when it does not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--into", type=Path, default=Path("models-built"))
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    for part in ("small", "fast"):
        (asked.into / part).mkdir(parents=True, exist_ok=True)
    if (asked.folder / "all-minilm-l6-v2-int8.onnx").exists():
        for made, name in MADE.items():
            shutil.copy(asked.folder / made, asked.into / name)
    else:
        build(asked.folder, asked.into)
    outcome = compared(asked.into)
    if asked.keep and outcome < 2:
        for name in DIGESTS:
            shutil.copy(asked.into / name, MODELS / name)
    return outcome


def build(source: Path, into: Path) -> None:
    """Both models from the weights of a BERT."""
    needed = ("config.json", "model.safetensors", "tokenizer.json")
    missing = [one for one in needed if not (source / one).exists()]
    if missing:
        raise SystemExit(f"{source} has no {', '.join(missing)}")
    try:
        from bert_graph import Bert
        from onnxruntime.quantization import QuantType, quantize_dynamic
    except ImportError as error:
        raise SystemExit(f"{error.name} is missing: run it with `uv run --with onnx`") from None
    whole = into / "whole.onnx"
    Bert(source).written(whole)
    quantize_dynamic(whole, into / "small" / "model.onnx", weight_type=QuantType.QInt8)
    Bert(source).written(whole, is_unit=False)
    shutil.copy(source / "tokenizer.json", into / "small" / "tokenizer.json")
    distil(source, whole, into / "fast")
    whole.unlink()


def distil(source: Path, whole: Path, into: Path) -> None:
    """Static vectors as model2vec makes them: each piece alone, PCA, and rare pieces count more."""
    from safetensors.numpy import save_file
    from sklearn.decomposition import PCA

    said = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = said["model"]["vocab"]
    special = {"[CLS]", "[SEP]", "[MASK]"}
    pieces = [
        piece
        for piece in sorted(vocabulary, key=lambda piece: vocabulary[piece])
        if piece not in special and not piece.startswith("[unused")
    ]
    session = onnxruntime.InferenceSession(str(whole), providers=["CPUExecutionProvider"])
    begin, end = vocabulary["[CLS]"], vocabulary["[SEP]"]
    rows = []
    for at in range(0, len(pieces), AT_ONCE):
        ids = np.array([[begin, vocabulary[piece], end] for piece in pieces[at : at + AT_ONCE]], np.int64)
        rows.append(session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0])
    vectors = PCA(WIDTH, random_state=0).fit_transform(np.concatenate(rows))
    # Zipf: pieces are in the order of their frequency.
    chances = 1 / np.arange(2, len(pieces) + 2)
    weights = SIF / (SIF + chances / chances.sum())
    save_file({"embeddings": (vectors * weights[:, None]).astype(np.float16)}, into / "model.safetensors")
    said["model"]["vocab"] = {piece: number for number, piece in enumerate(pieces)}
    said["added_tokens"] = [
        {**one, "id": said["model"]["vocab"][one["content"]]}
        for one in said["added_tokens"]
        if one["content"] in said["model"]["vocab"]
    ]
    said["post_processor"] = said["truncation"] = said["padding"] = None
    (into / "tokenizer.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


def compared(built: Path) -> int:
    """Say of each file whether it is the bundled one, and how alike the vectors are where one is not."""
    differing = [name for name, digest in DIGESTS.items() if _digest(built / name) != digest]
    for name in DIGESTS:
        print(f"{name}: {'another content' if name in differing else 'the same to the bit'}")
    if not differing:
        return 0
    print(WHY)
    alike = {part: likeness(MODELS / part, built / part) for part in ("small", "fast")}
    for part, value in alike.items():
        print(
            f"{part}: what texts have in common agrees with the bundled one at a correlation of {value:.4f}"
        )
    return 1 if min(alike.values()) > 0.95 else 2


def likeness(bundled: Path, built: Path) -> float:
    """The correlation of the cosines of all pairs of 108 sentences: it does not depend on the axes."""
    sys.path.insert(0, str(MODELS.parents[3]))
    from emptychair.understand.language.fast import Fast
    from emptychair.understand.language.small import Small
    from emptychair.understand.language.tone.examples import NEGATIVE, NEUTRAL, POSITIVE

    made = Fast if bundled.name == "fast" else Small
    pairs = []
    for folder in (bundled, built):
        vectors = made(folder).embed([*NEGATIVE, *NEUTRAL, *POSITIVE])
        pairs.append((vectors @ vectors.T)[np.triu_indices(len(vectors), 1)])
    return float(np.corrcoef(pairs[0], pairs[1])[0, 1])


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
