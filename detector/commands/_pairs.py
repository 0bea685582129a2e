"""Pairs to compare, from a JSONL file; what is wrong with a line is told by its number."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from detector.errors import InputError
from detector.read import iso_date, read_text
from detector.records import Pair
from detector.visible import one_line, shown

FIELDS = (
    "statement",
    "action",
    "statement_actor",
    "action_actor",
    "on_behalf_of",
    "statement_date",
    "action_date",
    "context",
)


def read_pairs(source: str) -> list[Pair]:
    """The pairs of a JSONL file, or of standard input for "-"; blank lines are passed over.

    Raises `InputError` that says what is wrong with the first bad line and numbers the others.
    """
    pairs: list[Pair] = []
    problems: dict[int, str] = {}
    for number, line in enumerate(read_text(source).split("\n"), start=1):
        if line.strip():
            try:
                pairs.append(parse_pair(line))
            except InputError as error:
                problems[number] = str(error)
    if problems:
        raise InputError(f"{shown(source)}, {_summary(problems)}")
    if not pairs:
        raise InputError(f"{shown(source)}: holds no pair; give one JSON object a line")
    return pairs


def parse_pair(line: str) -> Pair:
    """The pair that a line of JSON describes; `InputError` says what is wrong with it."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON ({_json_problem(error)}); write one object a line") from None
    if not isinstance(values, dict):
        raise InputError("no JSON object; write one object a line")
    return make_pair(values)


def make_pair(values: dict[str, Any]) -> Pair:
    """The pair with these fields (`FIELDS`); `InputError` says what is wrong with them."""
    unknown = [one_line(str(name), 40) for name in values if name not in FIELDS]
    if unknown:
        raise InputError(f"unknown field {', '.join(unknown)}; the fields are {', '.join(FIELDS)}")
    for name in ("statement", "action"):
        if not isinstance(values.get(name), str) or not values[name].strip():
            raise InputError(f"{name} is missing, empty or no text; every pair needs one")
    for name in ("statement_date", "action_date"):
        if isinstance(values.get(name), str):
            iso_date(values[name])
    patrons = values.get("on_behalf_of") or ()
    values = {**values, "on_behalf_of": (patrons,) if isinstance(patrons, str) else patrons}
    try:
        return Pair.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{first['loc'][0]}: {first['msg']}; mend it or leave it out") from None


def _json_problem(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _summary(problems: dict[int, str]) -> str:
    first, *others = problems
    summary = f"line {first}: {problems[first]}"
    if others:
        numbers = ", ".join(map(str, others[:10])) + (", …" if len(others) > 10 else "")
        summary += f" (broken as well: {'lines' if len(others) > 1 else 'line'} {numbers})"
    return summary
