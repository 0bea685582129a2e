"""From text to spans: windows, decoding, candidate actors, and the real span model."""

from __future__ import annotations

import numpy as np
import pytest

from detector import Brief, Detector
from detector.actors import Actor, ActorTable
from detector.extract.candidates import Candidate, candidates
from detector.extract.edges import tidy
from detector.extract.heads import DISTANCE_BUCKETS, LAYOUT, WIDTH, distance_bucket
from detector.extract.spans import TokenOutputs, decode
from detector.extract.windows import WINDOW, windows

TABLE = ActorTable(
    [
        Actor("Ruritania", "country", demonyms=("Ruritanian",), metonyms=("Strelsau",)),
        Actor("Vale Guard", "armed_group"),
    ]
)


@pytest.mark.parametrize("tokens", [1, WINDOW - 1, WINDOW, WINDOW + 1, 1000, 5003])
def test_windows_keep_every_token_once(tokens: int) -> None:
    kept = [t for w in windows(tokens) for t in range(w.keep_start, w.keep_end)]
    assert kept == list(range(tokens))
    assert all(w.start <= w.keep_start < w.keep_end <= w.end for w in windows(tokens))


def test_distance_buckets_tell_sides_apart() -> None:
    before, inside, after = (distance_bucket(m, 10, 20) for m in (5, 15, 25))
    assert before < inside < after
    assert distance_bucket(0, 5000, 5001) == 0
    assert distance_bucket(9000, 0, 1) == DISTANCE_BUCKETS - 1


def outputs(tags: str) -> TokenOutputs:
    """Token outputs whose statement layer says `tags`, one letter a token."""
    values = np.zeros((len(tags), WIDTH), np.float32)
    for token, tag in enumerate(tags):
        values[token, LAYOUT["statement"].start + "OBI".index(tag)] = 5.0
    offsets = np.arange(len(tags))
    return TokenOutputs(values, offsets, offsets + 1)


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("OBIIO", [(1, 4)]),
        ("BIBIO", [(0, 2), (2, 4)]),
        ("BIIII", [(0, 5)]),
        ("OOOOO", []),
        ("", []),
    ],
)
def test_decoding_reads_bio(tags: str, spans: list[tuple[int, int]]) -> None:
    assert [(s.first, s.last) for s in decode(outputs(tags), "statement")] == spans


def test_a_span_never_starts_with_inside() -> None:
    found = decode(outputs("OIIIO"), "statement")
    assert all(span.first <= 1 for span in found)
    assert len(found) <= 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("and denied that it had fired, and", "denied that it had fired"),
        ("— shelled the town of Hentz; ", "shelled the town of Hentz"),
        ("called on all sides to", "called on all sides"),
        ("opened fire", None),
        ("WHO teams entered the city", "WHO teams entered the city"),
        ("Washington withdrew from the WHO", "Washington withdrew from the WHO"),
        ("they staged a sit-in", "they staged a sit-in"),
    ],
)
def test_spans_are_tidied(text: str, kept: str | None) -> None:
    place = tidy(text, 0, len(text))
    assert (place and text[slice(*place)]) == kept


def test_a_word_cut_in_two_is_completed() -> None:
    text = "Graustark shelled the harbourfront."
    place = tidy(text, 12, 30)
    assert place
    assert text[slice(*place)] == "shelled the harbourfront"


def test_a_heading_is_not_part_of_the_sentence_under_it() -> None:
    text = "Two voices\n\nGraustark denied that it had fired"
    place = tidy(text, 0, len(text))
    assert place
    assert text[slice(*place)] == "Graustark denied that it had fired"


def test_an_accent_is_not_cut_off() -> None:
    text = "they closed the cafe\u0301 today"
    place = tidy(text, 0, text.index("\u0301"))
    assert place
    assert text[slice(*place)].endswith("\u0301")


def found(text: str) -> list[Candidate]:
    return candidates(text, TABLE.mentions(text), TABLE)


def named(text: str) -> list[tuple[str, str]]:
    return [(text[c.start : c.end], c.actor) for c in found(text)]


def test_known_and_unknown_names_are_candidates() -> None:
    assert named("Strelsau said that Rudolf Rassendyll had left.") == [
        ("Strelsau", "Ruritania"),
        ("Rudolf Rassendyll", "Rudolf Rassendyll"),
    ]


def test_a_possessive_ends_a_name() -> None:
    assert ("Foreign Ministry", "Foreign Ministry") in named("Graustark's Foreign Ministry spoke.")


def test_a_group_named_by_its_backer_carries_the_patron() -> None:
    text = "Ruritanian-backed militias crossed the river; the Ruritanian-backed Vale Guard stayed."
    militias, guard = (c for c in found(text) if c.patrons)
    assert text[militias.start : militias.end] == "Ruritanian-backed militias"
    assert (guard.actor, guard.patrons) == ("Vale Guard", ("Ruritania",))


@pytest.mark.parametrize("unit", ["a", "A", "A-", "A ", "(A ", "A (AB) "])
def test_candidates_are_found_in_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))  # a quadratic search would take minutes
    assert isinstance(found(text), list)


def test_an_abbreviation_stands_for_what_it_abbreviates() -> None:
    text = "The Hentz Liberation Army (HLA) left. The HLA returned."
    assert [c.actor for c in found(text)][-1] == "Hentz Liberation Army"


@pytest.mark.parametrize("text", ["\u200b\u200b", "\x01\x02\x03", "   \n"])
def test_a_text_without_tokens_holds_nothing(detector: Detector, text: str) -> None:
    assert detector.extract(Brief(id="b", text=text)) == ((), ())


def test_the_models_read_prose(detector: Detector) -> None:
    text = (
        "France called on both sides to lay down their arms. On Tuesday the Egyptian army "
        "shelled three villages near the border, the United Nations said."
    )
    statements, actions = detector.extract(Brief(id="b", text=text, date="2024-05-03"))
    assert any(s.actor == "France" and "lay down their arms" in s.text for s in statements)
    assert any(a.actor == "Egypt" and "shelled three villages" in a.text for a in actions)
    for span in (*statements, *actions):
        assert text[span.start : span.end] == span.text


def test_spans_are_found_across_windows(detector: Detector) -> None:
    sentence = "Norway denied that its navy had entered the strait. "
    filler = "The weather was mild and the harbour was quiet that week. " * 60
    text = filler + sentence + filler + sentence
    statements, _ = detector.extract(Brief(id="b", text=text))
    starts = [s.start for s in statements if s.actor == "Norway"]
    assert len(starts) == 2
    assert all(text[start:].startswith(("Norway", "denied", "its")) for start in starts)
