"""Actor files: checked CSV rows, or an error that names the line."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, NoReturn, cast, get_args

from detector.actors.records import Kind, Tie, TieName
from detector.errors import ActorsError

COLUMNS = (
    "name",
    "kind",
    "aliases",
    "demonyms",
    "metonyms",
    "patron",
    "tie",
    "since",
    "until",
    "source",
)
_REQUIRED = ("name", "kind")
_KINDS = frozenset(get_args(Kind))
_TIES = frozenset(get_args(TieName))
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class Row(NamedTuple):
    """One checked line of an actor file: what it says of an actor, and its tie if it has one."""

    path: Path
    line: int
    name: str
    kind: Kind
    aliases: tuple[str, ...]
    demonyms: tuple[str, ...]
    metonyms: tuple[str, ...]
    tie: Tie | None
    source: str


def read_rows(path: Path) -> list[Row]:
    """All rows of a UTF-8 CSV file, each checked by itself; see `detector.actors` for the schema.

    Raises:
        ActorsError: the file cannot be read, or a line breaks the schema.
    """
    return list(_rows(path))


@lru_cache(maxsize=4096)
def is_iso(date: str) -> bool:
    """Whether a date is a real YYYY, YYYY-MM or YYYY-MM-DD."""
    if not _DATE.fullmatch(date):
        return False
    try:
        datetime.date.fromisoformat((date + "-01-01")[:10])
    except ValueError:
        return False
    return True


def fail(path: Path, line: int, problem: str) -> NoReturn:
    """Raises the `ActorsError` for a line."""
    raise ActorsError(f"{path}, line {line}: {problem}")


def _rows(path: Path) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    started = 1
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, path)
        # An absent column reads the empty field that is put after the last one.
        columns = [header.index(name) if name in header else -1 for name in COLUMNS]
        width = len(header)
        # A quoted field may span lines; the line named is the one where the row began.
        started = reader.line_num + 1
        for fields in reader:
            if len(fields) > width:
                problem = f"{len(fields)} fields under {width} columns"
                fail(path, started, f"{problem}; quote fields that hold a comma")
            if fields:
                fields.extend([""] * (width + 1 - len(fields)))
                yield _row(path, started, [fields[column].strip() for column in columns])
            started = reader.line_num + 1
    except csv.Error as error:
        fail(path, started, f"not valid CSV ({error}); quote fields that hold commas or quotes")


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ActorsError(f"{path}: cannot be read ({error.strerror}); check the path") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        fail(path, line, "not UTF-8; save the file as UTF-8")


def _check_header(header: list[str], path: Path) -> None:
    for name in _REQUIRED:
        if name not in header:
            fail(path, 1, f"column {name!r} is missing; start with the header {','.join(COLUMNS)}")
    for position, name in enumerate(header):
        if name not in COLUMNS:
            fail(path, 1, f"unknown column {name!r}; the columns are {', '.join(COLUMNS)}")
        if name in header[:position]:
            fail(path, 1, f"column {name!r} stands twice; remove one")


def _row(path: Path, line: int, cells: list[str]) -> Row:
    name, kind, aliases, demonyms, metonyms, patron, tie, since, until, source = cells
    if not name:
        fail(path, line, "empty name; give the actor's usual English name")
    if kind not in _KINDS:
        fail(path, line, f"unknown kind {kind!r}; use one of {', '.join(get_args(Kind))}")
    found = None
    if patron or tie or since or until:
        found = _tie(path, line, cells)
    return Row(
        path,
        line,
        name,
        cast(Kind, kind),
        _items(aliases),
        _items(demonyms),
        _items(metonyms),
        found,
        source,
    )


def _tie(path: Path, line: int, cells: list[str]) -> Tie:
    patron, tie, since, until, source = cells[5:]
    if not patron and not tie:
        fail(path, line, "dates without a tie; fill in patron and tie, or clear since and until")
    if tie not in _TIES:
        fail(path, line, f"unknown tie {tie!r}; use one of {', '.join(get_args(TieName))}")
    if not patron:
        fail(path, line, f"tie {tie!r} without a patron; fill in patron, or clear tie")
    for column, date in (("since", since), ("until", until)):
        if date and not is_iso(date):
            fail(path, line, f"bad date {date!r} in {column!r}; write YYYY, YYYY-MM or YYYY-MM-DD")
    found = Tie(patron, cast(TieName, tie), since or None, until or None, source)
    if since and until and until < since and not found.holds(since):
        fail(path, line, f"since {since} is after until {until}; swap or correct them")
    return found


def _items(cell: str) -> tuple[str, ...]:
    if ";" not in cell:
        return (cell,) if cell else ()
    return tuple(dict.fromkeys(filter(None, map(str.strip, cell.split(";")))))
