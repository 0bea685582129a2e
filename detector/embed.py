"""Sentence embeddings, to tell which statements and actions share a subject."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError
from detector.models import OnnxEncoder, batches_by_length, first_line, is_embedded, read_config

MAX_TOKENS = 128


class Embedder(Protocol):
    """Texts to unit vectors."""

    name: str

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeddings of shape (n, dimensions), each of length 1."""


class SentenceEncoder:
    """The embedded int8 ONNX encoder: mean-pooled, normalised token vectors.

    Pooling as in Sentence-BERT (Reimers & Gurevych, 2019).
    """

    def __init__(self, encoder: OnnxEncoder) -> None:
        self._encoder = encoder
        self.name = encoder.name

    @classmethod
    def load(cls, model: Path) -> SentenceEncoder:
        """Load a model folder; `ModelError` if it is damaged or of another kind."""
        encoder = OnnxEncoder(model, MAX_TOKENS)
        if encoder.outputs != ["embedding"]:
            raise ModelError(f"{model}: is no sentence encoder; give one with an embedding output")
        return cls(encoder)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder`."""
        encodings = self._encoder.tokenizer.encode_batch(list(texts))
        vectors: list[NDArray[np.float32] | None] = [None] * len(texts)
        for batch in batches_by_length(encodings):
            (output,) = self._encoder.run([encodings[i] for i in batch])
            for row, i in enumerate(batch):
                vectors[i] = output[row]
        return np.array(vectors, np.float32)


class HubSentenceEncoder:
    """Any sentence-transformers model, on a GPU where there is one; no remote code, no pickles."""

    def __init__(self, name_or_path: str) -> None:
        path = Path(name_or_path)
        if path.exists() or path.is_absolute() or name_or_path.startswith((".", "~")):
            read_config(path)
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(
                name_or_path, trust_remote_code=False, model_kwargs={"use_safetensors": True}
            )
        except Exception as error:  # each library beneath raises its own
            raise ModelError(
                f"{name_or_path}: cannot be loaded as a sentence encoder ({first_line(error)}); "
                "check the name or copy it again"
            ) from None
        self.name = name_or_path

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder`."""
        vectors: NDArray[np.float32] = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return vectors


def load_embedder(name_or_path: str | Path) -> Embedder:
    """An embedded-style ONNX folder, or any sentence-transformers model by name or path."""
    if is_embedded(name_or_path):
        return SentenceEncoder.load(Path(name_or_path))
    return HubSentenceEncoder(str(name_or_path))
