"""Write the model cards from what was measured.

    python models/train/card.py

Reads models/*/config.json, models/train/curves/*.jsonl and eval/results/*.json; a figure that
is not there has not been measured and is not in a card.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sources import EVENT_SETS, NLI_SETS, Source

MODELS = Path(__file__).resolve().parent.parent
RESULTS = MODELS.parent / "eval" / "results"
CURVES = MODELS / "train" / "curves"


def main() -> None:
    """Write all three cards."""
    for name, card in (("nli", nli_card()), ("spans", spans_card()), ("encoder", encoder_card())):
        (MODELS / name / "README.md").write_text(card.rstrip() + "\n", encoding="utf-8")
        print(f"models/{name}/README.md")


def nli_card() -> str:
    """Card of the cross-encoder."""
    settings = config("nli")
    calibration = result("calibration")
    measured = result("nli")
    parts = [
        head("nli", "Reads a premise and a hypothesis together; two heads, NLI and verdicts."),
        "## Use\n\n`detector.judge.crossencoder.CrossEncoder`: probabilities of entailment, "
        "neutral and contradiction, and of Detector's seven verdicts on a statement and an "
        "action. Inputs are at most 192 tokens, in English. It judges what a text reports, "
        "not whether the report is true.",
        "## Data\n\nStage one, NLI:\n\n" + sources(NLI_SETS),
        "Stage two: the GapBench pair files and every statement × action pair of the GapBench "
        "training briefs (CC BY 4.0), with one batch in six of stage one's mix. No text of the "
        "development briefs was trained on.",
        section_tables("## Measured", measured),
        curve("nli"),
        curve("verdicts"),
        section_tables("## What each set brings", result("mix")),
        section_tables("## Calibration", calibration),
        f"Threshold {settings['calibration']['threshold']}, for the best F1 on the development "
        "briefs with fewer than a quarter of the controls flagged."
        if "calibration" in settings
        else "",
        "## Limits\n\n"
        "Trained on a part of MNLI and on a CPU's budget of steps, it is weaker than NLI models "
        "of its size that saw all of MNLI; ANLI shows how far it is from reading hard cases. "
        "Some training sets carry no stated licence (see the table); the weights are released "
        "under Apache-2.0 for what is ours in them. The calibration was fitted on 80 briefs and "
        "is optimistic on them. Verdicts other than `contradicts` are rare in training and less "
        "reliable. Activations are quantised over a batch, so a score may differ in the third "
        "decimal with the pairs that it is batched with.",
    ]
    return "\n\n".join(part for part in parts if part)


def spans_card() -> str:
    """Card of the span model."""
    accuracy = result("accuracy")
    tables = [t for t in (accuracy or {}).get("tables", []) if "span" in t["title"].lower()]
    parts = [
        head("spans", "Tags statements and actions in a text and points to their actors."),
        "## Use\n\n`detector.extract`: BIO tags for statements and for actions, pointers to the "
        "mention of the actor and of its patron, kind of statement, status of an action, hedge. "
        "English text of any length, in windows of 512 tokens.",
        "## Data\n\n" + sources(EVENT_SETS),
        curve("spans"),
        "## Measured\n\n" + "\n\n".join(markdown(t) for t in tables) if tables else "",
        "## Limits\n\n"
        "The kind of a statement and the status of an action are learned from few examples and "
        "were not scored by themselves. An actor that the text names only by a pronoun or a "
        "description is found where a name stands within 512 tokens. Prose of news, digests and "
        "press releases is what it has seen; lists, tables and transcripts are not.",
    ]
    return "\n\n".join(part for part in parts if part)


def encoder_card() -> str:
    """Card of the sentence encoder."""
    parts = [
        head("encoder", "Sentence embeddings of 384 dimensions, by which spans are matched."),
        "## Use\n\n`detector.embed.SentenceEncoder`: unit vectors, mean-pooled; at most 128 "
        "tokens.",
        "## Data\n\nThe weights are those of all-MiniLM-L6-v2 (Apache-2.0), not trained further; "
        "the data sets that its authors name are theirs.",
        section_tables("## Measured", result("encoder")),
        "## Limits\n\nTrained on general English; two texts on one subject are alike for it "
        "whether they agree or not. It ranks pairs, it judges none.",
    ]
    return "\n\n".join(part for part in parts if part)


def config(model: str) -> dict[str, Any]:
    """The `detector` block of a model's configuration."""
    data = json.loads((MODELS / model / "config.json").read_text(encoding="utf-8"))
    settings: dict[str, Any] = data["detector"]
    return settings


def result(name: str) -> dict[str, Any] | None:
    """A result file, if that was measured."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def head(model: str, what: str) -> str:
    """Title, what it is, licence, size."""
    settings = config(model)
    size = (MODELS / model / "model.onnx").stat().st_size / 1e6
    return (
        f"# {settings['name']} {settings['version']}\n\n{what} MiniLM, 6 layers, 384 wide; "
        f"int8 ONNX, {size:.0f} MB. Licence {settings['licence']}. "
        "Made by the recipe in models/train."
    )


def sources(rows: tuple[Source, ...]) -> str:
    """Data sets and their licences."""
    lines = ["| set | used for | licence, as its authors state it |", "|---|---|---|"]
    return "\n".join(lines + [f"| {s.name} | {s.use} | {s.licence} |" for s in rows])


def section_tables(title: str, record: dict[str, Any] | None) -> str:
    """A section with the tables and notes of a result file."""
    if record is None:
        return ""
    body = [markdown(table) for table in record["tables"]] + record["notes"]
    return "\n\n".join([title, *body, f"Printed by `{record['command']}`."])


def markdown(table: dict[str, Any]) -> str:
    """A table of a result file."""
    lines = [table["columns"], ["---"] * len(table["columns"]), *table["rows"]]
    return f"{table['title']}:\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def curve(name: str) -> str:
    """The learning curve: training loss at ten points, and every evaluation."""
    path = CURVES / f"{name}.jsonl"
    if not path.exists():
        return ""
    points = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    losses = [p for p in points if "loss" in p]
    shown = losses[:: max(1, len(losses) // 10)]
    lines = ["| step | measure | value |", "|---|---|---|"]
    for point in sorted([*shown, *(p for p in points if "loss" not in p)], key=lambda p: p["step"]):
        lines += [
            f"| {point['step']} | {'training loss' if key == 'loss' else key} | {value:.3f} |"
            for key, value in point.items()
            if key not in ("step", "seconds")
        ]
    return f"## Learning curve, {name}\n\n" + "\n".join(lines)


if __name__ == "__main__":
    main()
