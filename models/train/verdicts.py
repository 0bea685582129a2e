"""Teach the NLI cross-encoder the seven verdicts: stage two of the judge.

    python models/train/verdicts.py --nli RUN/model --data DATA/nli \
        --gapbench eval/gapbench --out RUN2

The model gets a second head and learns from the GapBench pair files and from every
statement × action pair of the training briefs, typed as at run time. Where the gold label
leaves several verdicts open (a pair that is no gap, for whatever reason), the loss is that of
their sum. One batch in six is NLI, so that the first head stays an NLI model.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args

import torch
from data import bucketed_batches, collate, read_jsonl
from loop import device, precision, train
from nli import LABELS, encode, mix
from torch import nn
from torch.nn import functional
from transformers import AutoTokenizer

from detector.judge.inputs import model_input
from detector.records import Pair, VerdictName

VERDICTS: tuple[str, ...] = get_args(VerdictName)
NO_GAP = tuple(v for v in VERDICTS if v != "contradicts")
NO_GAP_REASON = {
    "wrong_actor": ("other_actor",),
    "hypothetical": ("unrealised",),
    "negated": ("unrealised",),
    "ended_before": ("superseded",),
    "same_words": ("unrelated",),
    "different_object": ("unrelated",),
    "reserved": ("conditional",),
    "condition_unmet": ("conditional",),
}
DISTRACTOR_REASON = {
    "wrong_actor": ("other_actor",),
    "consistent": ("fulfils", "unrelated"),
    "earlier": ("superseded",),
    "condition": ("conditional",),
    "negated": ("unrealised",),
    "accusation": NO_GAP,
    "non_public": NO_GAP,
}


class Typed(NamedTuple):
    """A pair and the verdicts that its gold label allows."""

    pair: Pair
    verdicts: tuple[str, ...]


def from_pair_files(root: Path, rng: random.Random) -> Iterator[Typed]:
    """The pairs of `pairs_*.jsonl`; unrelated cells of the matrices sampled down to a third."""
    for row in read_jsonl(root / "pairs_a.jsonl"):
        labels = {
            "undercuts": ("contradicts",),
            "consistent": ("fulfils",),
            "unrelated": ("unrelated",),
            "near_miss": NO_GAP,
        }
        for key, verdicts in labels.items():
            for text in row[key]:
                pair = Pair(statement=row["statement"], action=text, statement_actor=row["actor"])
                yield Typed(pair, verdicts)
    for row in read_jsonl(root / "pairs_b.jsonl"):
        for item in row["items"]:
            label = item["label"]
            verdicts = {
                "undercuts": ("contradicts",),
                "fulfils": ("fulfils",),
                "unrelated": ("unrelated",),
            }.get(label) or NO_GAP_REASON[item["reason"]]
            proxied = label in ("undercuts", "fulfils") and item["actor"] != row["actor"]
            dates = {
                "before": ("2001", "2000"),
                "same": ("2001", "2001"),
                "after": ("2000", "2001"),
            }.get(item["date_relation"], (None, None))
            yield Typed(
                Pair(
                    statement=row["statement"],
                    action=item["text"],
                    statement_actor=row["actor"],
                    action_actor=item["actor"],
                    on_behalf_of=(row["actor"],) if proxied else (),
                    statement_date=dates[0],
                    action_date=dates[1],
                ),
                verdicts,
            )
    for name in ("pairs_c", "pairs_d"):
        for row in read_jsonl(root / f"{name}.jsonl"):
            for statement in row["statements"]:
                for action in row["actions"]:
                    verdict = row["labels"][statement["id"]][action["id"]]
                    if verdict != "unrelated" or rng.random() < 1 / 3:
                        yield Typed(_typed_pair(statement, action), (verdict,))
    for row in read_jsonl(root / "pairs_e.jsonl"):
        for item in row["items"]:
            yield Typed(_typed_pair(row["statement"], item), (item["verdict"],))


def _typed_pair(statement: dict[str, Any], action: dict[str, Any]) -> Pair:
    patron = action.get("on_behalf_of")
    return Pair(
        statement=statement["text"],
        action=action["text"],
        statement_actor=statement["actor"],
        action_actor=action["actor"],
        on_behalf_of=(patron,) if patron else (),
        statement_date=statement.get("date"),
        action_date=action.get("date"),
    )


def from_briefs(paths: list[Path]) -> Iterator[Typed]:
    """Every statement × action pair of annotated briefs."""
    for path in paths:
        for brief in read_jsonl(path):
            gaps = {(g["statement"], g["action"]) for g in brief["gaps"]}
            reasons = {(d["statement"], d["action"]): d["reason"] for d in brief["distractors"]}
            for statement in brief["statements"]:
                for action in brief["actions"]:
                    key = (statement["id"], action["id"])
                    verdicts = NO_GAP
                    if key in gaps:
                        verdicts = ("contradicts",)
                    elif key in reasons:
                        verdicts = DISTRACTOR_REASON[reasons[key]]
                    yield Typed(_typed_pair(statement, action), verdicts)


def training_pairs(root: Path, seed: int) -> list[Typed]:
    """All of the above, other actors' pairs sampled down, and actions under foreign statements.

    The pair files give actions away (an undercutting one sounds violent whatever was said);
    pairing them with statements on other topics takes the hint away.
    """
    rng = random.Random(seed)
    pairs = list(from_pair_files(root, rng))
    foreign = [p for p in pairs if p.verdicts == ("contradicts",)]
    for item in rng.sample(foreign, 1500):
        other = rng.choice(pairs).pair
        if other.statement != item.pair.statement:
            shuffled = item.pair.model_copy(
                update={
                    "statement": other.statement,
                    "statement_actor": other.statement_actor,
                    "action_actor": other.statement_actor,
                    "on_behalf_of": (),
                    "statement_date": None,
                }
            )
            pairs.append(Typed(shuffled, ("unrelated", "fulfils")))
    for item in from_briefs(sorted(root.glob("train_*.jsonl"))):
        related = item.pair.statement_actor in (
            item.pair.action_actor,
            *item.pair.on_behalf_of,
        )
        if related or item.verdicts != NO_GAP or rng.random() < 0.25:
            pairs.append(item)
    rng.shuffle(pairs)
    return pairs


def drop_fields(pair: Pair, rng: random.Random) -> Pair:
    """The pair with fields missing, as extraction sometimes leaves them."""
    update: dict[str, Any] = {}
    if rng.random() < 0.15:
        update |= {"action_actor": None, "on_behalf_of": ()}
    if rng.random() < 0.05:
        update |= {"statement_actor": None}
    if rng.random() < 0.5:
        update |= {"statement_date": None, "action_date": None}
    return pair.model_copy(update=update)


class Judge(nn.Module):
    """BERT with two heads on the pooled output: NLI (3 logits) and verdicts (7)."""

    def __init__(self, encoder: nn.Module, nli_head: nn.Linear) -> None:
        super().__init__()
        self.bert = encoder
        self.nli = nli_head
        self.verdicts = nn.Linear(nli_head.in_features, len(VERDICTS))
        with torch.no_grad():  # start from what the NLI head knows
            for row, verdict in enumerate(VERDICTS):
                source = {"contradicts": "contradiction", "fulfils": "entailment"}
                label = LABELS.index(source.get(verdict, "neutral"))
                self.verdicts.weight[row] = nli_head.weight[label]
                self.verdicts.bias[row] = nli_head.bias[label]

    def forward(self, input_ids, attention_mask, token_type_ids):
        pooled = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).pooler_output
        return self.nli(pooled), self.verdicts(pooled)


def load_judge(nli_model: Path | str) -> Judge:
    """A judge on top of a trained NLI classifier of stage one."""
    from transformers import AutoModelForSequenceClassification

    classifier = AutoModelForSequenceClassification.from_pretrained(
        nli_model, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    return Judge(classifier.bert, classifier.classifier)


def average_precision(scores: list[float], gold: list[bool]) -> float:
    """Area under the precision-recall curve, as the mean precision at each hit."""
    ranked = sorted(zip(scores, gold, strict=True), key=lambda p: -p[0])
    hits, total = 0, 0.0
    for rank, (_, right) in enumerate(ranked, 1):
        if right:
            hits += 1
            total += hits / rank
    return total / max(1, hits)


def brief_scores(model: Judge, tokenizer, path: Path) -> dict[str, float]:
    """Average precision and best F1 over all pairs of annotated briefs, gold spans given."""
    items = list(from_briefs([path]))
    encodings = encode(tokenizer, [model_input(i.pair) for i in items])
    order = sorted(range(len(items)), key=lambda i: len(encodings[i].ids))
    scores = [0.0] * len(items)
    for start in range(0, len(order), 64):
        chunk = order[start : start + 64]
        batch = {k: v.to(device()) for k, v in collate([encodings[i] for i in chunk]).items()}
        with precision():
            probabilities = model(**batch)[1].float().softmax(-1)
        for i, p in zip(chunk, probabilities[:, 0].tolist(), strict=True):
            scores[i] = p
    gold = [i.verdicts == ("contradicts",) for i in items]
    ranked = sorted(zip(scores, gold, strict=True), key=lambda p: -p[0])
    hits, best = 0, 0.0
    for rank, (_, right) in enumerate(ranked, 1):
        hits += right
        best = max(best, 2 * hits / (rank + sum(gold)))
    return {f"{path.stem}_ap": average_precision(scores, gold), f"{path.stem}_f1": best}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nli", type=Path, required=True, help="model folder of stage one")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--gapbench", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passes", type=float, default=2.3)
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seed", type=int, default=13)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    tokenizer = AutoTokenizer.from_pretrained(options.nli)
    model = load_judge(options.nli).to(device())
    items = training_pairs(options.gapbench, options.seed)
    verdict_encodings = encode(tokenizer, [model_input(i.pair) for i in items])
    lengths = [len(e.ids) for e in verdict_encodings]
    verdict_batches = list(bucketed_batches(lengths, options.batch, options.seed, options.passes))
    replay = mix(options.data, options.seed + 1)[: len(verdict_batches) * options.batch // 5]
    nli_encodings = encode(tokenizer, replay)
    nli_batches = bucketed_batches(
        [len(e.ids) for e in nli_encodings], options.batch, options.seed, 1.0
    )
    tasks = [("verdicts", b) for b in verdict_batches] + [("nli", b) for b in nli_batches]
    random.Random(options.seed).shuffle(tasks)
    batches = [(number, task, indices) for number, (task, indices) in enumerate(tasks)]
    print(f"{len(items)} pairs, {sum(lengths) / len(lengths):.1f} tokens, {len(batches)} steps")

    def loss_of(model: nn.Module, batch: tuple[int, str, list[int]]) -> torch.Tensor:
        number, task, indices = batch
        if task == "nli":
            inputs = collate([nli_encodings[i] for i in indices])
            logits = model(**{k: v.to(device()) for k, v in inputs.items()})[0]
            gold = torch.tensor([replay[i][2] for i in indices], device=logits.device)
            return functional.cross_entropy(logits.float(), gold, label_smoothing=0.05)
        rng = random.Random(options.seed + number)
        dropped = [model_input(drop_fields(items[i].pair, rng)) for i in indices]
        inputs = collate(encode(tokenizer, dropped))
        logits = model(**{k: v.to(device()) for k, v in inputs.items()})[1].float()
        allowed = torch.full_like(logits, float("-inf"))
        for row, i in enumerate(indices):
            for verdict in items[i].verdicts:
                allowed[row, VERDICTS.index(verdict)] = 0.0
        return -(logits.log_softmax(-1) + allowed).logsumexp(-1).mean()

    def evaluate(model: nn.Module) -> dict[str, float]:
        return brief_scores(model, tokenizer, options.gapbench / "dev_a.jsonl") | brief_scores(
            model, tokenizer, options.gapbench / "dev_b.jsonl"
        )

    train(
        model,
        batches,
        loss_of,
        steps=len(batches),
        rate=options.rate,
        out=options.out,
        evaluate=evaluate,
        evaluate_every=500,
    )
    torch.save(model.state_dict(), options.out / "model.pt")


if __name__ == "__main__":
    main()
