"""Turn the embedded int8 cross-encoder back into a float32 Hugging Face classifier.

    python eval/dequantise.py OUT [--model FOLDER]

What comes out is a `BertForSequenceClassification` with the three NLI labels that
sentence-transformers' `CrossEncoder` loads: the same weights in the form that a user would
otherwise run, for a fair comparison of speed. Needs the `onnx` package (extra `train`).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import DetectorError, ModelError
from detector.judge.crossencoder import MAX_TOKENS, NLI_LABELS, CrossEncoder
from detector.models import folder, read_config

Array = NDArray[np.float32]
HEAD = "nli"
# Operators that add a layer's bias to its product, and which of their inputs it can be.
ADDS_BIAS = {"Add": slice(2), "BiasGelu": slice(2), "SkipLayerNormalization": slice(4, 5)}
SAMPLE = Path(__file__).parent / "gapbench" / "pairs_a.jsonl"
MAX_MEAN_DIFFERENCE = 0.05  # int8 activations cost 0.03; a wrong weight or input, 0.15 and more


def dequantise(model: Path, out: Path) -> None:
    """Write the float32 classifier of the ONNX folder `model` to the folder `out`.

    `ModelError` if the graph is not that of a BERT encoder with a pooler and an NLI head.
    """
    import onnx
    import torch
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    weights = parameters(onnx.load(str(model / "model.onnx")).graph)
    config = BertConfig.from_dict(settings(model, weights))
    classifier = BertForSequenceClassification(config)
    state = {}
    for name, empty in classifier.state_dict().items():
        found = weights.get(name.removeprefix("bert."))
        if found is None or found.shape != tuple(empty.shape):
            shape = "missing" if found is None else f"of shape {found.shape}"
            raise ModelError(f"{model}: {name} is {shape}; give a BERT cross-encoder")
        state[name] = torch.from_numpy(np.ascontiguousarray(found))
    classifier.load_state_dict(state)
    classifier.save_pretrained(out)
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    special = {f"{token}_token": f"[{token.upper()}]" for token in ("pad", "cls", "sep", "unk")}
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        model_max_length=MAX_TOKENS,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        **special,
    ).save_pretrained(out)


def settings(model: Path, weights: Mapping[str, Array]) -> dict[str, Any]:
    """What `BertConfig` needs: the folder's own settings, table sizes, the NLI labels."""
    tables = {
        "vocab_size": "embeddings.word_embeddings.weight",
        "max_position_embeddings": "embeddings.position_embeddings.weight",
        "type_vocab_size": "embeddings.token_type_embeddings.weight",
    }
    found: dict[str, Any] = {k: v for k, v in read_config(model).items() if k != "detector"}
    found |= {size: len(weights[name]) for size, name in tables.items() if name in weights}
    found["id2label"] = dict(enumerate(NLI_LABELS))
    found["label2id"] = {name: index for index, name in enumerate(NLI_LABELS)}
    return found


def parameters(graph: Any) -> dict[str, Array]:
    """The float32 parameters of an ONNX graph under BERT's names, without the model's prefix.

    Export and fusion rename the weights of linear layers (`onnx::MatMul_123`) but not their
    biases, so a weight is named after the bias that is added to its product. Fused attention
    packs query, key and value; the n-th one is layer n's, as each feeds on the one before.
    The layer behind the output `nli` is named `classifier`.
    """
    tensors = _tensors(graph)
    linears = _linears(graph, tensors)
    found = dict(tensors)
    found |= {bias.removesuffix("bias") + "weight": weight for bias, weight in linears.items()}
    attentions = (node for node in graph.node if node.op_type in ("Attention", "QAttention"))
    for layer, node in enumerate(attentions):
        packed = tensors[node.input[1].removesuffix("_quantized")].T, tensors[node.input[2]]
        for parameter, both in zip(("weight", "bias"), packed, strict=True):
            for side, part in zip(("query", "key", "value"), np.split(both, 3), strict=True):
                found[f"encoder.layer.{layer}.attention.self.{side}.{parameter}"] = part
    named = {}
    for name, value in found.items():
        start = re.search(r"(?:^|\.)((?:embeddings|encoder\.layer|pooler)\..*)", name)
        if start:
            named[start[1]] = value
    for bias in (i for node in graph.node if HEAD in node.output for i in node.input):
        if bias in linears:
            named |= {"classifier.weight": linears[bias], "classifier.bias": tensors[bias]}
    return named


def _tensors(graph: Any) -> dict[str, Array]:
    """All initialisers as float32; NAME_quantized with its scale and zero point is NAME."""
    from onnx import numpy_helper

    raw = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    tensors = {}
    for name, value in raw.items():
        base = name.removesuffix("_quantized")
        if base != name:
            scale, zero = raw[f"{base}_scale"], raw[f"{base}_zero_point"]
            # Scales run over the last axis, a linear layer's outputs, or are scalar.
            shifted = value.astype(np.float32) - zero.astype(np.float32)
            tensors[base] = (shifted * scale).astype(np.float32)
        elif np.issubdtype(value.dtype, np.floating):
            tensors[name] = value.astype(np.float32)
    return tensors


def _linears(graph: Any, tensors: Mapping[str, Array]) -> dict[str, Array]:
    """Name of a bias to the (outputs, inputs) weight of the layer that it belongs to."""
    producer = {output: node for node in graph.node for output in node.output}

    def weight_behind(value: str) -> Array | None:
        node = producer.get(value)
        while node is not None and node.op_type in ("Cast", "Mul"):
            node = producer.get(node.input[0])
        if node is None or node.op_type not in ("MatMul", "MatMulInteger"):
            return None
        weight = tensors.get(node.input[1].removesuffix("_quantized"))
        return None if weight is None else weight.T

    linears = {}
    for node in graph.node:
        if node.op_type == "Gemm" and node.input[1] in tensors:
            flags = {a.name: a.i for a in node.attribute}
            weight = tensors[node.input[1]]
            linears[node.input[2]] = weight if flags.get("transB") else weight.T
        elif node.op_type in ADDS_BIAS:
            products = [w for w in map(weight_behind, node.input) if w is not None]
            biases = [i for i in list(node.input)[ADDS_BIAS[node.op_type]] if i in tensors]
            if products and biases:
                linears[biases[0]] = products[0]
    return linears


def differences(model: Path, float32: Path) -> dict[str, float]:
    """How far the probabilities of both forms are apart on 256 pairs of GapBench."""
    from sentence_transformers import CrossEncoder as TorchCrossEncoder

    pairs = []
    for line in SAMPLE.read_text(encoding="utf-8").splitlines()[:64]:
        group = json.loads(line)
        others = (*group["undercuts"], *group["consistent"], *group["near_miss"])
        pairs += [(group["statement"], other) for other in others]
    quantised = CrossEncoder.load(model).predict(pairs).nli
    torch_model = TorchCrossEncoder(str(float32), device="cpu")
    exact = torch_model.predict(pairs, apply_softmax=True, show_progress_bar=False)
    apart = np.abs(quantised - exact)
    return {
        "pairs": len(pairs),
        "mean_difference": float(apart.mean()),
        "max_difference": float(apart.max()),
        "same_label": float((quantised.argmax(-1) == exact.argmax(-1)).mean()),
    }


def checked(model: Path, out: Path) -> dict[str, float]:
    """`dequantise`, then `differences`; `ModelError` if the two forms are not the same model."""
    dequantise(model, out)
    found = differences(model, out)
    if found["mean_difference"] > MAX_MEAN_DIFFERENCE:
        raise ModelError(f"{out}: answers otherwise than {model} does ({found}); report this")
    return found


def main() -> int:
    """Dequantise, compare, and print how close the two are."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", type=Path, default=folder("nli"))
    options = parser.parse_args()
    try:
        print(json.dumps(checked(options.model, options.out)))
    except DetectorError as error:
        print(f"dequantise: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
