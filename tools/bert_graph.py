"""A BERT with mean pooling as a graph in ONNX, written from its weights alone: torch is not needed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

OPSET = 17


class Graph:
    """Nodes and constants as they are added; every method gives the name of what it makes."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        """A weight."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """A node with one output."""
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name


class Bert:
    """The layers of a BERT of which the folder has `config.json` and `model.safetensors`."""

    def __init__(self, folder: Path) -> None:
        """Read the folder. Raises SystemExit, saying why, for a model of another architecture."""
        self.terms = json.loads((folder / "config.json").read_text())
        if self.terms.get("model_type") != "bert" or self.terms.get("hidden_act") != "gelu":
            raise SystemExit(f"{folder} is no BERT with gelu, which is all that is written here")
        weights = load_file(folder / "model.safetensors")
        self._weights = {name.removeprefix("bert."): value for name, value in weights.items()}
        self.graph = Graph()

    def written(self, path: Path, *, is_unit: bool = True) -> None:
        """The whole model: `input_ids` and `attention_mask` in, `e` out, one row for each text.

        Rows have the length 1 when they are units.
        """
        graph = self.graph
        mask = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
        rows = self._embedded()
        bias = self._bias(mask)
        for layer in range(self.terms["num_hidden_layers"]):
            rows = self._layer(rows, bias, f"encoder.layer.{layer}")
        self._pooled(rows, mask, is_unit=is_unit)
        shape = ["b", "t"]
        model = helper.make_model(
            helper.make_graph(
                graph.nodes,
                "bert",
                [helper.make_tensor_value_info(name, TensorProto.INT64, shape)
                 for name in ("input_ids", "attention_mask")],
                [helper.make_tensor_value_info("e", TensorProto.FLOAT, ["b", self.terms["hidden_size"]])],
                graph.constants,
            ),
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=8,
        )  # fmt: skip
        onnx.checker.check_model(model)
        onnx.save(model, path)

    def _weight(self, name: str, *, is_turned: bool = False) -> str:
        value = self._weights[name].astype(np.float32)
        return self.graph.constant(name, value.T if is_turned else value)

    def _embedded(self) -> str:
        graph, parts = self.graph, "embeddings"
        words = graph.add("Gather", self._weight(f"{parts}.word_embeddings.weight"), "input_ids")
        length = graph.add("Shape", "input_ids", start=1, end=2)
        zero, first_axis = graph.constant("zero", np.array([0])), graph.constant("first", np.array([0]))
        table = self._weight(f"{parts}.position_embeddings.weight")
        where = graph.add("Slice", table, zero, length, first_axis)
        first = self._weights[f"{parts}.token_type_embeddings.weight"][0]
        kind = graph.constant("kind", first.astype(np.float32))
        return self._normal(graph.add("Add", graph.add("Add", words, where), kind), f"{parts}.LayerNorm")

    def _bias(self, mask: str) -> str:
        """What is added to scores: nothing for a piece, and a lot less for what only fills up."""
        graph = self.graph
        absent = graph.add("Sub", graph.constant("whole", np.array(1, np.float32)), mask)
        scaled = graph.add("Mul", absent, graph.constant("far", np.array(-1e9, np.float32)))
        return graph.add("Unsqueeze", scaled, graph.constant("axes", np.array([1, 2])))

    def _layer(self, rows: str, bias: str, name: str) -> str:
        graph = self.graph
        heads = self.terms["num_attention_heads"]
        each = self.terms["hidden_size"] // heads
        query, key, value = (
            self._linear(rows, f"{name}.attention.self.{one}") for one in ("query", "key", "value")
        )
        split = graph.constant(f"{name}.split", np.array([0, 0, heads, each]))
        joined = graph.constant(f"{name}.joined", np.array([0, 0, heads * each]))
        apart = [
            graph.add("Transpose", graph.add("Reshape", one, split), perm=order)
            for one, order in ((query, [0, 2, 1, 3]), (key, [0, 2, 3, 1]), (value, [0, 2, 1, 3]))
        ]
        root = graph.constant(f"{name}.root", np.array(np.sqrt(each), np.float32))
        scores = graph.add("Add", graph.add("Div", graph.add("MatMul", apart[0], apart[1]), root), bias)
        seen = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), apart[2])
        together = graph.add("Reshape", graph.add("Transpose", seen, perm=[0, 2, 1, 3]), joined)
        told = graph.add("Add", self._linear(together, f"{name}.attention.output.dense"), rows)
        rows = self._normal(told, f"{name}.attention.output.LayerNorm")
        wide = self._gelu(self._linear(rows, f"{name}.intermediate.dense"), name)
        return self._normal(
            graph.add("Add", self._linear(wide, f"{name}.output.dense"), rows), f"{name}.output.LayerNorm"
        )

    def _linear(self, rows: str, name: str) -> str:
        turned = self.graph.add("MatMul", rows, self._weight(f"{name}.weight", is_turned=True))
        return self.graph.add("Add", turned, self._weight(f"{name}.bias"))

    def _gelu(self, rows: str, name: str) -> str:
        graph = self.graph
        root, one, half = (
            graph.constant(f"{name}.gelu.{what}", np.array(value, np.float32))
            for what, value in (("root", np.sqrt(2)), ("one", 1), ("half", 0.5))
        )
        curved = graph.add("Add", graph.add("Erf", graph.add("Div", rows, root)), one)
        return graph.add("Mul", graph.add("Mul", rows, curved), half)

    def _normal(self, rows: str, name: str) -> str:
        weight, bias = self._weight(f"{name}.weight"), self._weight(f"{name}.bias")
        epsilon = self.terms["layer_norm_eps"]
        return self.graph.add("LayerNormalization", rows, weight, bias, axis=-1, epsilon=epsilon)

    def _pooled(self, rows: str, mask: str, *, is_unit: bool) -> None:
        graph = self.graph
        wide = graph.add("Unsqueeze", mask, graph.constant("last", np.array([2])))
        over = graph.constant("over", np.array([1]))
        summed = graph.add("ReduceSum", graph.add("Mul", rows, wide), over, keepdims=0)
        mean = graph.add("Div", summed, graph.add("ReduceSum", wide, over, keepdims=0))
        if is_unit:
            length = graph.add("ReduceL2", mean, axes=[1], keepdims=1)
        else:
            length = graph.constant("unchanged", np.array(1, np.float32))
        graph.nodes.append(helper.make_node("Div", [mean, length], ["e"], name="e"))
