"""Which pairs are made: one actor or its proxy on both sides, the likest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from conftest import action, statement
from numpy.typing import NDArray

from detector.match import match

TEXT = "A calls for peace. B fires on C. D, which A pays, fires too. A fires. A vows to fire on."
ANGLES = {"A calls for peace": 0.0, "A fires": 0.1, "D, which A pays, fires too": 0.2}

CALL = statement("s1", TEXT, "A calls for peace", "A")
OTHER = action("a1", TEXT, "B fires on C", "B")
PROXY = action("a2", TEXT, "D, which A pays, fires too", "D", ["A"])
OWN = action("a3", TEXT, "A fires", "A")


class Angles:
    """Embeds a text as the unit vector of a given angle."""

    name = "angles"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        angles = np.array([ANGLES.get(text, 3.0) for text in texts])
        return np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)


def ids(statements, actions, **options) -> list[tuple[str | None, str | None]]:
    pairs = match(statements, actions, Angles(), **options)
    return [(p.statement_id, p.action_id) for p in pairs]


def test_only_the_same_actor_or_a_proxy_is_paired() -> None:
    assert ids([CALL], [OTHER, PROXY, OWN]) == [("s1", "a2"), ("s1", "a3")]


def test_an_unknown_actor_is_paired_with_nobody() -> None:
    assert ids([statement("s1", TEXT, "A calls for peace", None)], [OWN]) == []
    assert ids([CALL], [action("a1", TEXT, "A fires", None)]) == []


def test_a_vow_that_is_both_is_not_held_against_itself() -> None:
    vow = statement("s2", TEXT, "A vows to fire on", "A")
    assert ids([vow], [action("a4", TEXT, "vows to fire on", "A")]) == []


def test_the_most_similar_are_kept() -> None:
    assert ids([CALL], [PROXY, OWN], top_k=1) == [("s1", "a3")]


def test_pairs_carry_what_is_known() -> None:
    (pair,) = match([CALL], [PROXY], Angles())
    assert (pair.statement_actor, pair.action_actor, pair.on_behalf_of) == ("A", "D", ("A",))
    assert pair.similarity is not None
    assert abs(pair.similarity - np.cos(0.2)) < 1e-6


def test_nothing_comes_of_nothing() -> None:
    assert match([], [OWN], Angles()) == []
    assert match([CALL], [], Angles()) == []
