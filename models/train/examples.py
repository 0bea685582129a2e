"""Documents as windows of tokens, ready for the span model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from documents import AUXILIARY, Document, Span
from linking import Linked, Renamer, linked

from detector.actors import ActorTable
from detector.extract.heads import distance_bucket
from detector.extract.windows import windows


@dataclass
class Example:
    """One window, ready for the model.

    `mentions` averages tokens into mentions, `places` into gold spans: shapes (mentions,
    tokens) and (spans, tokens); `buckets` has shape (spans, mentions). `actors` and `patrons`
    list, for every gold span and each of its actors, the mentions that name that actor.
    """

    ids: list[int]
    tags: dict[str, torch.Tensor]
    spans: list[Span]
    places: torch.Tensor
    mentions: torch.Tensor
    buckets: torch.Tensor
    actors: list[list[list[int]]]
    patrons: list[list[list[int]] | None]

    @property
    def type_ids(self) -> list[int]:
        return [0] * len(self.ids)


def averaging(places: list[tuple[int, int]], tokens: int) -> torch.Tensor:
    """A matrix that averages tokens over each place; shape (places, tokens)."""
    matrix = torch.zeros(len(places), tokens)
    for row, (start, end) in enumerate(places):
        matrix[row, start:end] = 1 / (end - start)
    return matrix


def windowed(item: Linked, tokenizer) -> Iterator[Example]:
    """Cut a document into windows, with gold in token positions."""
    document = item.document
    fast = tokenizer.backend_tokenizer
    fast.no_padding()
    fast.no_truncation()
    cls, sep = tokenizer.cls_token_id, tokenizer.sep_token_id
    encoding = fast.encode(document.text, add_special_tokens=False)
    for window in windows(len(encoding.offsets)):
        size = window.end - window.start
        inside = encoding.offsets[window.start : window.end]

        def locate(start: int, end: int, inside=inside) -> tuple[int, int] | None:
            hit = [i for i, (a, b) in enumerate(inside) if a < end and b > start]
            return (hit[0] + 1, hit[-1] + 2) if hit else None  # [CLS] stands before

        tags = {}
        for name in document.tags:
            layer = torch.zeros(size + 2, dtype=torch.long)
            spans = [s for s in document.spans if s.role == name]
            for span in sorted(spans, key=lambda s: s.start - s.end):
                place = locate(span.start, span.end)
                if place and not layer[slice(*place)].any():
                    layer[slice(*place)] = 2
                    layer[place[0]] = 1
            layer[0] = layer[-1] = -100
            tags[name] = layer
        placed = {i: p for i, m in enumerate(item.mentions) if (p := locate(*m))}
        rows = {i: row for row, i in enumerate(placed)}

        def here(named: list[list[int]], rows=rows) -> list[list[int]]:
            return [[rows[i] for i in mentions if i in rows] for mentions in named]

        gold = [
            (n, s, p)
            for n, s in enumerate(document.spans)
            if s.role not in AUXILIARY and (p := locate(s.start, s.end))
        ]
        places, mentions = [p for _, _, p in gold], list(placed.values())
        yield Example(
            [cls, *encoding.ids[window.start : window.end], sep],
            tags,
            [span for _, span, _ in gold],
            averaging(places, size + 2),
            averaging(mentions, size + 2),
            torch.tensor([[distance_bucket(m, *place) for m, _ in mentions] for place in places]),
            [here(item.actors[n]) for n, _, _ in gold],
            [None if (named := item.patrons[n]) is None else here(named) for n, _, _ in gold],
        )


def examples(
    documents: Iterable[Document], tokenizer, table: ActorTable, rename: Renamer | None = None
) -> list[Example]:
    """Windows of all documents; with a renamer, under other names than their own."""
    found = []
    for document in documents:
        item = linked(document, table)
        if rename and document.mentions is None:
            item = rename(item)
        found += windowed(item, tokenizer)
    return found
