"""Write a result, and RESULTS.md from all of them.

    python eval/results.py          # regenerate eval/RESULTS.md from eval/results/*.json

Each benchmark leaves one JSON file, with the numbers under `measures`, the direction of each
under `higher_is_better`, and the tables that RESULTS.md shows under `tables`.
"""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, TypedDict

HERE = Path(__file__).resolve().parent
PACKAGES = ("numpy", "onnxruntime", "sentence-transformers", "sentencex", "tokenizers", "torch")


class Table(TypedDict):
    """A table as it is shown: cells are text, the first column names the row."""

    title: str
    columns: list[str]
    rows: list[list[str]]


def write(
    name: str,
    *,
    title: str,
    command: str,
    measures: Mapping[str, Any],
    higher_is_better: Mapping[str, bool],
    tables: Sequence[Table],
    notes: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
) -> Path:
    """Write results/NAME.json with where and on what it was measured, then RESULTS.md."""
    record = {
        "name": name,
        "title": title,
        "command": command,
        "environment": environment(),
        "settings": dict(settings or {}),
        "measures": measures,
        "higher_is_better": higher_is_better,
        "tables": tables,
        "notes": list(notes),
    }
    path = HERE / "results" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    text = json.dumps(_without_nan(record), indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
    assemble()
    return path


def assemble() -> Path:
    """Write RESULTS.md: a section a result file, in the order of their names."""
    sections = [
        "# Results",
        "Made by `python eval/results.py` from `eval/results/*.json`; not to be edited by hand. "
        "Brackets hold 95% bootstrap intervals.",
    ]
    for path in sorted((HERE / "results").glob("*.json")):
        sections += _section(json.loads(path.read_text(encoding="utf-8")))
    out = HERE / "RESULTS.md"
    out.write_text("\n\n".join(sections) + "\n", encoding="utf-8")
    return out


def environment() -> dict[str, Any]:
    """What a result depends on beside the code's inputs."""
    import detector

    versions = {"detector": detector.__version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return {"git": _git_state(), "hardware": _hardware(), "versions": versions}


def share(value: float, bounds: tuple[float, float] | None = None) -> str:
    """A measure in 0…1 for a table, with its interval; a dash if it is not known."""
    if math.isnan(value):
        return "–"
    return f"{value:.3f}" + (f" [{bounds[0]:.2f}, {bounds[1]:.2f}]" if bounds else "")


def as_text(table: Table) -> str:
    """The table in aligned columns, for a terminal."""
    lines = [table["columns"], *table["rows"]]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    body = ["  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) for line in lines]
    return "\n".join([table["title"], *(line.rstrip() for line in body)])


def _section(record: dict[str, Any]) -> list[str]:
    where = record["environment"]
    versions = ", ".join(f"{name} {version}" for name, version in where["versions"].items())
    parts = [
        f"## {record['title']}",
        f"    {record['command']}",
        f"{where['hardware']}; {versions}; commit {where['git']}.",
    ]
    for table in record["tables"]:
        lines = [table["columns"], ["---"] * len(table["columns"]), *table["rows"]]
        body = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        parts.append(f"**{table['title']}**\n\n{body}")
    if record["notes"]:
        parts.append("\n".join(f"- {note}" for note in record["notes"]))
    return parts


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 5)
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    return value


def _git_state() -> str:
    def git(*arguments: str) -> str:
        command = ["git", "-C", str(HERE), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        changed = git("status", "--porcelain", "--", "..", ":!RESULTS.md", ":!results")
        return git("rev-parse", "--short", "HEAD") + (" with changes" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _hardware() -> str:
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [x for x in info.read_text().splitlines() if x.startswith("model name")]
        cpu = models[0].split(":", 1)[1].strip() if models else cpu
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        memory = f", {size / 2**30:.0f} GiB memory"
    return f"{cpu}, {cores} cores{memory}, {platform.system()}"


if __name__ == "__main__":
    print(assemble())
