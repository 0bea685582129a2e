"""Where the embedded models lie, and how an ONNX encoder of theirs is run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Encoding

EmbeddedModel = Literal["nli", "encoder", "spans"]
TOKENS_PER_BATCH = 2048


def folder(name: EmbeddedModel) -> Path:
    """Folder of an embedded model: package data in a wheel, `models/` in a checkout."""
    package = Path(str(resources.files("detector")))
    installed = package / "_models" / name
    return installed if installed.is_dir() else package.parent / "models" / name


def read_config(model: Path) -> dict[str, Any]:
    """The `config.json` of a model folder; `ModelError` where it is missing or broken."""
    if not model.is_dir():
        raise ModelError(
            f"{model}: no such model folder; give the path of one that has config.json"
        )
    try:
        config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{model}: holds no config.json; give a complete model folder") from None
    except (OSError, ValueError) as error:
        raise ModelError(f"{model}: config.json is unreadable ({error}); copy it again") from None
    if not isinstance(config, dict):
        raise ModelError(f"{model}: config.json is no JSON object; copy it again")
    return config


def read_card(model: Path) -> dict[str, Any]:
    """What an embedded model says of itself: the `detector` block of its `config.json`."""
    card = read_config(model).get("detector")
    if not isinstance(card, dict) or not {"name", "version"} <= card.keys():
        raise ModelError(
            f"{model}: config.json has no detector block; give a folder of Detector's own"
        )
    return card


def is_embedded(name_or_path: str | Path) -> bool:
    """Whether this is a folder of Detector's own, and not some other library's."""
    try:
        return bool(read_card(Path(name_or_path)))
    except ModelError:
        return False


def first_line(error: Exception) -> str:
    """The first line that an error of some library has to say."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


class OnnxEncoder:
    """A tokenizer and an ONNX transformer over it; outputs are named arrays."""

    def __init__(self, model: Path, max_tokens: int = 512) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self.card = read_card(model)
        self.name = f"{self.card['name']}-{self.card['version']}"
        settings = onnxruntime.SessionOptions()
        settings.log_severity_level = 3
        try:
            self.tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(
                str(model / "model.onnx"), settings, providers=_providers(onnxruntime)
            )
        except Exception as error:  # both libraries raise bare Exceptions of their own
            raise ModelError(
                f"{model}: cannot be loaded ({first_line(error)}); copy it again"
            ) from None
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(max_tokens)
        self._inputs = [i.name for i in self._session.get_inputs()]
        self.outputs = [o.name for o in self._session.get_outputs()]
        if not {"input_ids", "attention_mask"} <= set(self._inputs):
            raise ModelError(
                f"{model}: model.onnx reads no tokens; give a folder of Detector's own"
            )

    def run(self, encodings: Sequence[Encoding]) -> list[NDArray[np.float32]]:
        """One forward pass; arrays of shape (batch, …) in the order of `outputs`."""
        return self.run_ids([e.ids for e in encodings], [e.type_ids for e in encodings])

    def run_ids(
        self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]] | None = None
    ) -> list[NDArray[np.float32]]:
        """`run` on token ids, special tokens included; all segment 0 without `types`."""
        width = max(map(len, ids))
        feed = {name: np.zeros((len(ids), width), np.int64) for name in self._inputs}
        for row, tokens in enumerate(ids):
            feed["input_ids"][row, : len(tokens)] = tokens
            feed["attention_mask"][row, : len(tokens)] = 1
            if types and "token_type_ids" in feed:
                feed["token_type_ids"][row, : len(tokens)] = types[row]
        outputs: list[NDArray[np.float32]] = self._session.run(self.outputs, feed)
        return outputs


def batches_by_length(encodings: Sequence[Encoding]) -> Iterator[list[int]]:
    """Indices in batches of like length: next to no padding, a bounded token count each."""
    order = sorted(range(len(encodings)), key=lambda i: len(encodings[i].ids))
    batch: list[int] = []
    for index in order:
        if batch and (len(batch) + 1) * len(encodings[index].ids) > TOKENS_PER_BATCH:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Softmax over the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: NDArray[np.float32] = shifted / shifted.sum(axis=-1, keepdims=True)
    return probabilities


def _providers(onnxruntime: Any) -> list[str]:
    wanted = ("CUDAExecutionProvider", "CPUExecutionProvider")
    available = onnxruntime.get_available_providers()
    return [provider for provider in wanted if provider in available]
