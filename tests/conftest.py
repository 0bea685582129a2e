"""What the tests share: a report made by hand, and the real detector with its models."""

from __future__ import annotations

import os

os.environ["HF_HUB_OFFLINE"] = "1"  # before anything imports a hub client

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

from detector import Action, Brief, Report, Statement, Verdict
from detector.records import BriefInfo, ModelInfo

if TYPE_CHECKING:
    from detector import Detector

TEXT = """\
Ruritania's president called on all sides to lay down their arms, saying that “the valley \
needs talks, not tanks”. The foreign ministry in Strelsau denied that any Ruritanian unit was \
across the river.

Two days later the Vale Guard, which Ruritania pays and arms, shelled the market of Hentz, \
residents said. Graustark's army, for its part, withdrew its last battalion.
"""


@pytest.fixture(scope="session")
def detector() -> Detector:
    """The detector as it ships: embedded models, default settings."""
    from detector import Detector

    return Detector.load()


@pytest.fixture
def report() -> Report:
    """A report on `TEXT`: two statements, two actions, a gap over and one below the threshold."""
    call = statement("s1", TEXT, "called on all sides to lay down their arms", "Ruritania", "call")
    denial = statement(
        "s2", TEXT, "denied that any Ruritanian unit was across the river", "Ruritania", "denial"
    )
    shelling = action("a1", TEXT, "shelled the market of Hentz", "Vale Guard", ["Ruritania"])
    withdrawal = action("a2", TEXT, "withdrew its last battalion", "Graustark")
    gaps = [
        gap("s1", "a1", 0.91, "call_vs_conduct", "The force that Ruritania arms shells a town."),
        gap("s2", "a1", 0.34, "denial", "The shelling may have come from across the river."),
    ]
    return make_report(TEXT, [call, denial], [shelling, withdrawal], gaps)


def statement(
    id: str, text: str, quote: str, actor: str | None = None, kind: str = "call"
) -> Statement:
    """The statement that `quote` is, at its first place in `text`."""
    start = text.index(quote)
    return Statement(
        id=id,
        actor=actor,
        actor_text=actor,
        text=quote,
        start=start,
        end=start + len(quote),
        kind=kind,
        score=0.9,
    )


def action(
    id: str, text: str, quote: str, actor: str | None = None, patrons: Iterable[str] = ()
) -> Action:
    """The action that `quote` is, at its first place in `text`."""
    start = text.index(quote)
    return Action(
        id=id,
        actor=actor,
        actor_text=actor,
        text=quote,
        start=start,
        end=start + len(quote),
        on_behalf_of=tuple(patrons),
        status="happened",
        hedged=bool(patrons),
        score=0.8,
    )


def gap(statement: str, action: str, score: float, kind: str, why: str) -> Verdict:
    """A contradiction, flagged from 0.5 on."""
    rest = (1.0 - score) / 2
    return Verdict(
        statement=statement,
        action=action,
        kind=kind,
        score=score,
        flagged=score >= 0.5,
        verdict="contradicts",
        probabilities={"contradicts": score, "fulfils": rest, "unrelated": rest},
        why=why,
    )


def make_report(
    text: str,
    statements: Iterable[Statement] = (),
    actions: Iterable[Action] = (),
    gaps: Iterable[Verdict] = (),
    **about: str,
) -> Report:
    """A report with these findings, on a brief called "hentz" unless `about` says otherwise."""
    info = {"id": "hentz", "title": "Shells on Hentz", "date": "2024-05-03"} | about
    return Report(
        brief=BriefInfo(**info),
        statements=tuple(statements),
        actions=tuple(actions),
        gaps=tuple(gaps),
        model=ModelInfo(detector="0.1.0", nli="n", encoder="e", spans="s", threshold=0.5),
        text=text,
    )


@pytest.fixture
def brief() -> Brief:
    """The brief that `report` is on."""
    return Brief(id="hentz", title="Shells on Hentz", date="2024-05-03", text=TEXT)
