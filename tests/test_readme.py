"""What the README shows is what the commands print."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ detector (.+?)\n(.*?)```", README, flags=re.DOTALL)
NUMBER = re.compile(r"\d+\.\d+")


@pytest.mark.parametrize(("arguments", "shown"), EXAMPLES)
def test_an_example_prints_what_is_shown(arguments: str, shown: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "detector", *arguments.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert NUMBER.sub("#", done.stdout.strip()) == NUMBER.sub("#", shown.strip())
    # Processors round int8 products differently, by a hundredth or so.
    for printed, said in zip(NUMBER.findall(done.stdout), NUMBER.findall(shown), strict=True):
        assert float(printed) == pytest.approx(float(said), abs=0.05)


def test_the_readme_opens_with_an_example() -> None:
    assert EXAMPLES
    assert README.index("```console") < README.index("## ")


def test_the_test_command_is_the_one_that_ci_runs() -> None:
    (command,) = re.findall(r"^    (python3 -m venv .*pytest.*)$", README, flags=re.MULTILINE)
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
