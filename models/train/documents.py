"""Annotated texts, from the forms that their data sets have, as documents with spans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data import read_jsonl

AUXILIARY = ("source", "cue", "content")
STATUS_OF = {
    "happened": "happened",
    "ongoing": "ongoing",
    "decided": "decided",
    "planned": "planned",
    "proposed": "planned",
    "called_off": "negated",
    "negated": "negated",
    "denied": "negated",
    "hypothetical": "hypothetical",
    "feared": "hypothetical",
}
KIND_OF_GAP = {
    "breach": "pledge",
    "denial": "denial",
    "principle": "principle",
    "call_vs_conduct": "call",
}


@dataclass
class Span:
    """A gold span in characters, with what is known of it."""

    role: str
    start: int
    end: int
    actors: list[str] = field(default_factory=list)
    pointed: tuple[int, int] | None = None  # the mention, where no name is known
    patrons: list[str] | None = None
    kind: str | None = None
    status: str | None = None
    hedged: bool | None = None


@dataclass
class Document:
    """A text with its gold spans; `tags` names the BIO layers that are complete."""

    text: str
    spans: list[Span]
    tags: tuple[str, ...] = ()
    date: str | None = None
    mentions: list[tuple[int, int]] | None = None  # those that may be pointed to, if not names


def gapbench_documents(paths: list[Path]) -> Iterator[Document]:
    """Briefs in GapBench form. Joint statements (one span, several actors) are merged."""
    for path in paths:
        for brief in read_jsonl(path):
            kinds = {
                gap["statement"]: KIND_OF_GAP[gap["kind"]]
                for gap in brief["gaps"]
                if gap["kind"] in KIND_OF_GAP
            }
            spans: dict[tuple[str, str], Span] = {}
            for role, key in (("statement", "statements"), ("action", "actions")):
                for item in brief[key]:
                    start = brief["text"].find(item["text"])
                    span = spans.setdefault(
                        (role, item["text"]), Span(role, start, start + len(item["text"]))
                    )
                    span.actors.append(item["actor"])
                    if role == "statement":
                        span.kind = span.kind or kinds.get(item["id"])
                    else:
                        span.hedged = item.get("hedged")
                        span.patrons = (span.patrons or []) + (
                            [item["on_behalf_of"]] if item.get("on_behalf_of") else []
                        )
            yield Document(
                brief["text"], list(spans.values()), ("statement", "action"), brief["date"] or None
            )


def typed_documents(root: Path) -> Iterator[Document]:
    """Single sentences of the pair files: kinds of statements and status of actions."""
    for row in read_jsonl(root / "pairs_b.jsonl"):
        text = row["statement"]
        yield Document(
            text, [Span("statement", 0, len(text), [row["actor"]], kind=row["commitment"])], ()
        )
        for item in row["items"]:
            if item.get("reason") in ("hypothetical", "negated"):
                text = item["text"]
                span = Span("action", 0, len(text), [item["actor"]], status=item["reason"])
                yield Document(text, [span], ())
    for name in ("pairs_c", "pairs_d"):
        for row in read_jsonl(root / f"{name}.jsonl"):
            for action in row["actions"]:
                yield _action_document(action)
    for row in read_jsonl(root / "pairs_e.jsonl"):
        for action in row["items"]:
            if action["verdict"] in ("unrealised", "contradicts"):
                yield _action_document(action)


def _action_document(action: dict[str, Any]) -> Document:
    text = action["text"]
    patrons = [action["on_behalf_of"]] if action["on_behalf_of"] else []
    status = STATUS_OF.get(action["status"])
    return Document(
        text, [Span("action", 0, len(text), [action["actor"]], patrons, status=status)], ()
    )


def attribution_documents(path: Path) -> Iterator[Document]:
    """PolNeAR articles: source, cue and content spans; contents point to their sources."""
    for article in read_jsonl(path):
        spans, sources = [], []
        for attribution in article["attributions"]:
            spans += [Span(role, *at) for role in AUXILIARY for at in attribution.get(role, [])]
            source, content = attribution.get("source"), attribution.get("content")
            if source and content:
                sources.append(tuple(source[0]))
                spans.append(Span("pointing", *content[0], pointed=tuple(source[0])))
        yield Document(article["text"], spans, AUXILIARY, mentions=sorted(set(sources)))


def role_documents(path: Path) -> Iterator[Document]:
    """EWT sentences: every predicate with its objects points to the one who does it (ARG0)."""
    for sentence in read_jsonl(path):
        starts, at = [], 0
        for token in sentence["tokens"]:
            starts.append(at)
            at += len(token) + 1
        text = " ".join(sentence["tokens"])

        def place(first: int, last: int, starts=starts, words=sentence["tokens"]):
            return starts[first], starts[last - 1] + len(words[last - 1])

        spans, mentions = [], set()
        for proposition in sentence["props"]:
            roles = {name: place(first, last) for name, first, last in proposition["args"]}
            core = [roles[name] for name in ("ARG0", "ARG1", "ARG2") if name in roles]
            mentions.update(core)
            if "ARG0" in roles:
                verb = place(proposition["v"], proposition["v"] + 1)
                end = max([verb[1], *(b for a, b in core if a >= verb[1])])
                spans.append(Span("pointing", verb[0], end, pointed=roles["ARG0"]))
        if spans and len(mentions) > 1:
            yield Document(text, spans, mentions=sorted(mentions))
