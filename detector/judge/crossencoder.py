"""Cross-encoders that read premise and hypothesis together.

The embedded one answers as an NLI model and with the seven verdicts; any Hugging Face
sequence classifier can be read in its place, and answers as an NLI model alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError
from detector.models import (
    OnnxEncoder,
    batches_by_length,
    first_line,
    is_embedded,
    read_config,
    softmax,
)
from detector.records import VerdictName

NLI_LABELS = ("entailment", "neutral", "contradiction")
VERDICTS: tuple[VerdictName, ...] = get_args(VerdictName)
MAX_TOKENS = 192
PAIRS_AT_ONCE = 4096

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Predictions:
    """Probabilities for n pairs.

    `nli` has shape (n, 3), columns as `NLI_LABELS`; `verdicts` has shape (n, 7), columns as
    `VERDICTS`, or is None where the model knows no verdicts.
    """

    nli: NDArray[np.float32]
    verdicts: NDArray[np.float32] | None

    def at(self, rows: Sequence[int]) -> Predictions:
        """The predictions in these rows, in their order, repeats included."""
        verdicts = None if self.verdicts is None else self.verdicts[rows]
        return Predictions(self.nli[rows], verdicts)


class PairModel(Protocol):
    """What the judge needs of a cross-encoder."""

    name: str

    def predict(
        self, pairs: Sequence[tuple[str, str]], progress: Progress | None = None
    ) -> Predictions:
        """Probabilities for (premise, hypothesis) pairs, in their order."""


class CrossEncoder:
    """The embedded int8 ONNX cross-encoder, two heads over one encoder."""

    def __init__(self, encoder: OnnxEncoder) -> None:
        self._encoder = encoder
        self.card = encoder.card
        self.name = encoder.name

    @classmethod
    def load(cls, model: Path) -> CrossEncoder:
        """Load a model folder; `ModelError` if it is damaged or of another kind."""
        encoder = OnnxEncoder(model, MAX_TOKENS)
        if encoder.outputs != ["nli", "verdicts"]:
            raise ModelError(f"{model}: is no verdict cross-encoder; give one with both heads")
        return cls(encoder)

    def predict(
        self, pairs: Sequence[tuple[str, str]], progress: Progress | None = None
    ) -> Predictions:
        """See `PairModel`. Time grows linearly with the tokens, memory not with the pairs."""
        nli = np.zeros((len(pairs), len(NLI_LABELS)), np.float32)
        verdicts = np.zeros((len(pairs), len(VERDICTS)), np.float32)
        for low in range(0, len(pairs), PAIRS_AT_ONCE):
            encodings = self._encoder.tokenizer.encode_batch(list(pairs[low : low + PAIRS_AT_ONCE]))
            done = low
            for batch in batches_by_length(encodings):
                outputs = self._encoder.run([encodings[i] for i in batch])
                rows = [low + i for i in batch]
                nli[rows], verdicts[rows] = map(softmax, outputs)
                done += len(batch)
                if progress:
                    progress(done / len(pairs))
        return Predictions(nli, verdicts)


class HubCrossEncoder:
    """A Hugging Face NLI classifier, on a GPU where there is one.

    Its label order is read from `id2label`: three labels in any order, or two, of which the
    second kind ("not entailment") counts as neutral, never as contradiction. Remote code is
    not run and pickled weights are not read.
    """

    def __init__(self, name_or_path: str) -> None:
        path = Path(name_or_path)
        if path.exists() or path.is_absolute() or name_or_path.startswith((".", "~")):
            read_config(path)
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
        from transformers.utils import logging

        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(name_or_path, trust_remote_code=False)
            model, notes = AutoModelForSequenceClassification.from_pretrained(
                name_or_path,
                trust_remote_code=False,
                use_safetensors=True,
                output_loading_info=True,
            )
        except Exception as error:  # transformers, safetensors and the hub each raise their own
            raise ModelError(
                f"{name_or_path}: cannot be loaded as an NLI model ({first_line(error)}); "
                "check the name or copy it again"
            ) from None
        if notes["missing_keys"] or notes.get("mismatched_keys"):
            raise ModelError(
                f"{name_or_path}: its weights do not fill a sequence classifier; "
                "give a model fine-tuned on NLI"
            )
        self._columns = _label_columns(name_or_path, model.config.id2label)
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model = model.to(self._device).eval()
        self.name = name_or_path

    def predict(
        self, pairs: Sequence[tuple[str, str]], progress: Progress | None = None
    ) -> Predictions:
        """See `PairModel`; `verdicts` is None."""
        import torch

        nli = np.zeros((len(pairs), len(NLI_LABELS)), np.float32)
        order = sorted(range(len(pairs)), key=lambda i: sum(map(len, pairs[i])))
        for start in range(0, len(order), 32):
            batch = order[start : start + 32]
            inputs = self._tokenizer(
                [pairs[i][0] for i in batch],
                [pairs[i][1] for i in batch],
                truncation=True,
                max_length=min(MAX_TOKENS, self._tokenizer.model_max_length),
                padding=True,
                return_tensors="pt",
            ).to(self._device)
            with torch.inference_mode():
                p = self._model(**inputs).logits.float().softmax(-1).cpu().numpy()
            for row, i in enumerate(batch):
                for column, label in enumerate(self._columns):
                    nli[i, label] += p[row, column]
            if progress:
                progress((start + len(batch)) / len(pairs))
        return Predictions(nli, None)


def load_pair_model(name_or_path: str | Path) -> PairModel:
    """An embedded-style ONNX folder, or any Hugging Face NLI classifier by name or path."""
    if is_embedded(name_or_path):
        return CrossEncoder.load(Path(name_or_path))
    return HubCrossEncoder(str(name_or_path))


def _label_columns(name: str, id2label: dict[int, str]) -> list[int]:
    """Index into `NLI_LABELS` for each output column of a model."""
    columns = []
    for _, label in sorted(id2label.items()):
        plain = label.casefold().replace("_", " ").replace("-", " ").strip()
        if plain.startswith(("not", "non")) or plain.startswith("neutral"):
            columns.append(1)
        elif plain.startswith("entail"):
            columns.append(0)
        elif plain.startswith("contradict"):
            columns.append(2)
        else:
            raise ModelError(
                f"{name}: labels {', '.join(id2label.values())} are not those of an NLI model; "
                "give one whose id2label names entailment, neutral and contradiction"
            )
    return columns
