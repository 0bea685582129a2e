"""The whole way on prose, with the embedded models."""

from __future__ import annotations

from pathlib import Path

import pytest

from detector import Brief, Detector, InputError, ModelError

BRIEFS = Path(__file__).resolve().parent.parent / "eval" / "briefs"
TEXT = (
    "Algeria said on Monday that it remained committed to the ceasefire with its neighbour and "
    "wanted talks. The next morning Algerian warplanes bombed a Moroccan border post, killing "
    "four soldiers. Spain urged restraint on both sides.\n"
)
BRIEF = Brief(id="border", text=TEXT, date="2024-05-03")


def test_a_gap_is_found_and_quoted_verbatim(detector: Detector) -> None:
    text = (BRIEFS / "red_sea.txt").read_text(encoding="utf-8")
    report = detector.score(Brief(id="red_sea", text=text))
    gap = report.flagged[0]
    said, done = report.statement(gap.statement), report.action(gap.action)
    assert (said.actor, done.actor) == ("Iran", "Iran")
    assert "denied that his country sends weapons" in said.text
    assert "shipped missile parts" in done.text
    for span in (*report.statements, *report.actions):
        assert text[span.start : span.end] == span.text


def test_another_actors_word_is_not_held_against_it(detector: Detector) -> None:
    report = detector.score(BRIEF, all_pairs=True)
    spanish = {s.id for s in report.statements if s.actor == "Spain"}
    assert not [gap for gap in report.flagged if gap.statement in spanish]


def test_gaps_come_strongest_first(detector: Detector) -> None:
    scores = [gap.score for gap in detector.score(BRIEF, all_pairs=True).gaps]
    assert scores == sorted(scores, reverse=True)


def test_all_pairs_adds_the_pairs_that_are_no_gaps(detector: Detector) -> None:
    assert len(detector.score(BRIEF, all_pairs=True).gaps) >= len(detector.score(BRIEF).gaps)
    assert all(gap.verdict == "contradicts" for gap in detector.score(BRIEF).gaps)


def test_the_same_brief_gives_the_same_report(detector: Detector) -> None:
    assert detector.score(BRIEF).to_json() == detector.score(BRIEF).to_json()


def test_many_briefs_come_back_in_order(detector: Detector) -> None:
    briefs = [BRIEF.model_copy(update={"id": name}) for name in ("one", "two", "three")]
    reports = list(detector.score_many(iter(briefs)))
    assert [report.brief.id for report in reports] == ["one", "two", "three"]
    assert reports[0].gaps == detector.score(BRIEF).gaps


def test_a_text_without_statements_gives_an_empty_report(detector: Detector) -> None:
    report = detector.score(Brief(id="b", text="The harbour was quiet and the sky was clear.\n"))
    assert (report.statements, report.actions, report.gaps) == ((), (), ())


def test_progress_ends_at_one(detector: Detector) -> None:
    shares: list[float] = []
    detector.score(BRIEF, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("threshold", [-0.1, 1.5, float("nan"), float("inf")])
def test_a_threshold_out_of_range_is_refused(threshold: float) -> None:
    with pytest.raises(InputError, match="out of range"):
        Detector.load(threshold=threshold)


def test_the_threshold_decides_what_is_flagged() -> None:
    assert not Detector.load(threshold=1.0).score(BRIEF).flagged


def test_a_missing_model_is_named(tmp_path) -> None:
    with pytest.raises(ModelError, match="no such model folder"):
        Detector.load(nli=tmp_path / "absent")


def test_the_users_actors_count(tmp_path, detector: Detector) -> None:
    table = tmp_path / "actors.csv"
    table.write_text(
        "name,kind,patron,tie,source\nDesert Hawks,armed_group,Algeria,funds,test\n",
        encoding="utf-8",
    )
    text = TEXT.replace("Algerian warplanes", "fighters of the Desert Hawks")
    brief = BRIEF.model_copy(update={"text": text})
    report = Detector.load(actors=table).score(brief, all_pairs=True)
    hawks = [a for a in report.actions if a.actor == "Desert Hawks"]
    assert hawks
    assert "Algeria" in hawks[0].on_behalf_of
    assert any(gap.action == hawks[0].id for gap in report.gaps)
