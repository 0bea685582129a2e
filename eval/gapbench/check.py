"""Check GapBench files against the guidelines' form, and count what they hold.

    python eval/gapbench/check.py [FILE ...]

Files of briefs and files of pairs are told apart by their fields. Prints a line a file and a
line a fault; exits with 1 if there is any fault.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
STYLES = {"think_tank", "wire", "mfa", "un", "osint", "op_ed", "press_review"}
KINDS = {"call_vs_conduct", "breach", "denial", "principle", "plan"}
REASONS = {"wrong_actor", "consistent", "earlier", "condition", "negated", "accusation"}
REASONS |= {"non_public"}
VERDICTS = {"contradicts", "fulfils", "superseded", "other_actor", "unrealised", "conditional"}
VERDICTS |= {"unrelated"}
LABELS = {"undercuts", "fulfils", "unrelated", "no_gap"}
LISTS = ("undercuts", "consistent", "unrelated", "near_miss")

Record = dict[str, Any]


def brief_faults(brief: Record) -> Iterator[str]:
    """What breaks the form of an annotated brief."""
    sides = {
        side: {record["id"]: record for record in brief[f"{side}s"]}
        for side in ("statement", "action")
    }
    if brief["style"] not in STYLES:
        yield f"unknown style {brief['style']!r}"
    for side, records in sides.items():
        if len(records) < len(brief[f"{side}s"]):
            yield f"two {side}s share an id"
        for record in records.values():
            if not record["text"] or record["text"] not in brief["text"]:
                yield f"{record['id']} is not in the text: {record['text'][:60]!r}"
            if not record["actor"]:
                yield f"{record['id']} has no actor"
    for field, name, allowed in (("gaps", "kind", KINDS), ("distractors", "reason", REASONS)):
        for pair in brief[field]:
            if pair["statement"] not in sides["statement"] or pair["action"] not in sides["action"]:
                yield f"{field} names an unknown id: {pair}"
            if pair[name] not in allowed:
                yield f"unknown {name} {pair[name]!r}"
    if not brief["gaps"] and len(brief["distractors"]) < 2:
        yield "a control needs two distractors"


def group_faults(group: Record) -> Iterator[str]:
    """What breaks the form of a group of pairs."""
    if not any(group.get("statements") or [group.get("statement")]):
        yield "no statement"
    for label in _labels(group):
        if label not in VERDICTS | LABELS | set(LISTS):
            yield f"unknown label {label!r}"
    if "labels" in group:
        statements, actions = ({r["id"] for r in group[side]} for side in ("statements", "actions"))
        cells = group["labels"]
        if set(cells) != statements or any(set(row) != actions for row in cells.values()):
            yield "not every cell of the matrix has a label"


def _labels(group: Record) -> Iterator[str]:
    for name in LISTS:
        yield from [name] * len(group.get(name, ()))
    for item in group.get("items", ()):
        yield item.get("verdict") or item["label"]
    for row in group.get("labels", {}).values():
        yield from row.values()


def brief_counts(brief: Record) -> Counter[str]:
    """How many records of each kind a brief adds."""
    counts = Counter(briefs=1, words=len(brief["text"].split()), controls=int(not brief["gaps"]))
    counts.update({field: len(brief[field]) for field in ("statements", "actions", "gaps")})
    counts.update(f"gap {gap['kind']}" for gap in brief["gaps"])
    counts.update(f"distractor {pair['reason']}" for pair in brief["distractors"])
    return counts


def check(path: Path) -> tuple[Counter[str], list[str]]:
    """Counts and faults of one file."""
    counts: Counter[str] = Counter()
    faults: list[str] = []
    ids: set[str] = set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{path.name}:{number}"
        try:
            record = json.loads(line)
            is_brief = "gaps" in record
            found = list(brief_faults(record) if is_brief else group_faults(record))
            counts += brief_counts(record) if is_brief else Counter(["groups", *_labels(record)])
            if record["id"] in ids:
                found.append("its id is taken")
            ids.add(record["id"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            found = [f"malformed: {error!r}"]
        faults += [f"{where}: {fault}" for fault in found]
    return counts, faults


def main() -> int:
    """Check the given files, or all of GapBench."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", type=Path, nargs="*", default=sorted(HERE.glob("*.jsonl")))
    faulty = False
    for path in parser.parse_args().files:
        try:
            counts, faults = check(path)
        except OSError as error:
            print(f"check: {path}: {error.strerror}; give GapBench files", file=sys.stderr)
            return 2
        summary = ", ".join(f"{name} {count}" for name, count in counts.items())
        print(f"{path.name}: {summary}")
        print(*faults, sep="\n", end="\n" if faults else "")
        faulty |= bool(faults)
    return int(faulty)


if __name__ == "__main__":
    sys.exit(main())
