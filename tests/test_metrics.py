"""The scorer of GapBench, on cases small enough to be worked out by hand."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import pytest

from detector.errors import InputError
from detector.records import Action, Brief, ModelInfo, Report, Statement, Verdict

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "eval"))

import metrics
import spans
from gold import Actor, GoldBrief, Prediction, ScoredPair, Span, SpanPair, from_report, read_gold

GAPBENCH = Path(__file__).resolve().parents[1] / "eval" / "gapbench"

# Ten characters each, far enough apart that none overlaps another.
S1, S2, A1, A2, A3 = (Span(at, at + 10) for at in (0, 20, 40, 60, 80))

RECORD = {
    "id": "x-1",
    "date": "2024-05-01",
    "title": "t",
    "text": "Oslo denies it. Oslo did it.",
    "statements": [{"id": "s1", "actor": "Norway", "text": "Oslo denies it"}],
    "actions": [{"id": "a1", "actor": "Norway", "on_behalf_of": "NATO", "text": "Oslo did it"}],
    "gaps": [{"statement": "s1", "action": "a1", "kind": "denial", "why": "w"}],
    "distractors": [],
}


def brief(*gaps: SpanPair, distractors: tuple[tuple[SpanPair, str], ...] = ()) -> GoldBrief:
    return GoldBrief(Brief(id="b", text="x" * 100), (), (), gaps, distractors)


def pairs(*scored: tuple[Span, Span, float], threshold: float = 0.5) -> Prediction:
    return Prediction(
        tuple(ScoredPair(SpanPair(s, a), score, score >= threshold) for s, a, score in scored)
    )


def scores_of(gold: GoldBrief, prediction: Prediction) -> metrics.GapScores:
    return metrics.gap_scores([metrics.tally(gold, prediction)])


class TestSpans:
    def test_iou_counts_shared_characters_over_all_that_either_covers(self):
        assert spans.iou(Span(0, 10), Span(5, 20)) == pytest.approx(5 / 20)

    def test_spans_that_only_touch_share_nothing(self):
        assert spans.iou(Span(0, 10), Span(10, 20)) == 0.0

    @pytest.mark.parametrize(("end", "matched"), [(33, True), (34, False)])
    def test_spans_match_from_three_tenths_on(self, end, matched):
        # 10 / 33 = 0.303, 10 / 34 = 0.294
        assert bool(spans.align([Span(0, 10)], [Span(0, end)])) is matched

    def test_a_gold_span_is_given_to_the_closest_prediction_only(self):
        near, nearer = Span(0, 6), Span(0, 9)
        assert spans.align([near, nearer], [S1]) == {nearer: S1}

    def test_spans_are_paired_across_a_brief_by_closeness_not_by_order(self):
        # Span(0, 16) is 10/16 of the first gold span and nothing of the second.
        first, second = Span(0, 10), Span(16, 30)
        assert spans.align([Span(14, 30), Span(0, 16)], [first, second]) == {
            Span(0, 16): first,
            Span(14, 30): second,
        }

    def test_precision_recall_and_f1_of_spans(self):
        gold = [Actor(S1, "Iran"), Actor(S2, "Iran")]
        found = [Actor(S1, "Iran"), Actor(A1, "Iran"), Actor(A2, "Iran"), Actor(A3, "Iran")]
        scores = spans.span_scores([(gold, found)])
        assert scores.right.value == 1 / 4
        assert scores.found.value == 1 / 2
        assert scores.f1 == pytest.approx(1 / 3)

    def test_a_joint_statement_is_one_span(self):
        gold = [Actor(S1, "Turkey"), Actor(S1, "Qatar")]
        scores = spans.span_scores([(gold, [Actor(S1, "Turkey"), Actor(S1, "Qatar")])])
        assert (scores.found, scores.right) == (spans.Ratio(1, 1), spans.Ratio(1, 1))


class TestActors:
    def accuracy(self, gold: list[str], predicted: list[str | None]) -> float:
        return spans.span_scores(
            [([Actor(S1, name) for name in gold], [Actor(S1, name) for name in predicted])]
        ).actor.value

    def test_names_are_compared_without_regard_to_case(self):
        assert self.accuracy(["Wagner Group"], ["wagner group"]) == 1.0

    def test_an_unresolved_actor_is_wrong(self):
        assert self.accuracy(["Iran"], [None]) == 0.0

    def test_half_of_a_joint_statement_counts_half(self):
        assert self.accuracy(["Turkey", "Qatar"], ["Qatar"]) == 0.5

    def test_a_surplus_actor_costs_as_much_as_a_missing_one(self):
        assert self.accuracy(["Qatar"], ["Turkey", "Qatar"]) == 0.5

    def test_only_matched_spans_are_asked_for_their_actor(self):
        gold = [Actor(S1, "Iran"), Actor(S2, "Iran")]
        assert spans.span_scores([(gold, [Actor(S1, "Iran")])]).actor == spans.Ratio(1, 1)

    def test_aliases_are_resolved_before_names_are_compared(self):
        aliases = {"Tehran": "Iran", "Iran": "Iran"}
        scores = spans.span_scores(
            [([Actor(S1, "Iran")], [Actor(S1, "Tehran")])], spans.canonical_by(aliases.get)
        )
        assert scores.actor.value == 1.0

    @pytest.mark.parametrize(
        ("predicted", "found"),
        [
            (Actor(A1, "Hezbollah", ("Iran",)), 1),
            (Actor(A1, "Iran"), 1),
            (Actor(A1, "Hezbollah"), 0),
        ],
    )
    def test_a_patron_is_found_behind_the_actor_or_as_the_actor(self, predicted, found):
        gold = [Actor(A1, "Hezbollah", ("Iran",)), Actor(A2, "Russia")]
        assert spans.span_scores([(gold, [predicted])]).patron == spans.Ratio(found, 1)


class TestGaps:
    def test_a_flag_is_right_only_if_both_spans_match(self):
        gold = brief(SpanPair(S1, A1))
        assert scores_of(gold, pairs((S1, A1, 0.9))).precision == 1.0
        assert scores_of(gold, pairs((S1, A2, 0.9))).precision == 0.0
        assert scores_of(gold, pairs((S2, A1, 0.9))).precision == 0.0

    def test_statement_and_action_cannot_change_places(self):
        assert scores_of(brief(SpanPair(S1, A1)), pairs((A1, S1, 0.9))).recall == 0.0

    def test_precision_recall_and_f1(self):
        # Three flags, two right; three gold gaps, two covered.
        gold = brief(SpanPair(S1, A1), SpanPair(S1, A2), SpanPair(S2, A3))
        scores = scores_of(gold, pairs((S1, A1, 0.9), (S2, A1, 0.8), (S1, A2, 0.7), (S2, A3, 0.1)))
        assert scores.precision == scores.recall == pytest.approx(2 / 3)
        assert scores.f1 == pytest.approx(2 / 3)

    def test_pairs_with_the_same_spans_are_one_flag(self):
        # As when a joint statement has a record for each of three actors.
        scores = scores_of(brief(SpanPair(S1, A1)), pairs(*[(S2, A1, 0.9)] * 3, (S1, A1, 0.9)))
        assert scores.precision == 1 / 2

    def test_gold_gaps_with_the_same_spans_are_one_gap(self):
        gold = brief(SpanPair(S1, A1), SpanPair(S1, A1), SpanPair(S2, A2))
        assert scores_of(gold, pairs((S1, A1, 0.9))).recall == 1 / 2

    def test_two_flags_on_one_gap_are_both_right_and_cover_it_once(self):
        # A second flag whose statement is a little shorter matches the same gold gap.
        gold = brief(SpanPair(S1, A1), SpanPair(S2, A2))
        scores = scores_of(gold, pairs((S1, A1, 0.9), (Span(0, 8), A1, 0.8)))
        assert (scores.precision, scores.recall) == (1.0, 1 / 2)

    def test_counts_are_pooled_over_briefs_before_they_are_divided(self):
        # 1 of 1 flags right in one brief, 0 of 3 in the other: 1/4, not the mean of 1 and 0.
        gold = [brief(SpanPair(S1, A1)), brief(SpanPair(S1, A1))]
        found = [pairs((S1, A1, 0.9)), pairs((S1, A2, 0.9), (S1, A3, 0.9), (S2, A3, 0.9))]
        tallies = [metrics.tally(g, p) for g, p in zip(gold, found, strict=True)]
        assert metrics.gap_scores(tallies).precision == 1 / 4

    def test_without_flags_precision_is_unknown_and_f1_zero(self):
        scores = scores_of(brief(SpanPair(S1, A1)), pairs())
        assert math.isnan(scores.precision)
        assert (scores.recall, scores.f1, scores.average_precision) == (0.0, 0.0, 0.0)

    def test_lowering_the_threshold_flags_what_reaches_it(self):
        prediction = Prediction(
            (
                ScoredPair(SpanPair(S1, A1), 0.4, flagged=False),
                ScoredPair(SpanPair(S1, A2), 0.3, flagged=False),
            )
        )
        lowered = metrics.at_threshold(prediction, 0.4)
        assert [pair.flagged for pair in lowered.pairs] == [True, False]


class TestRanking:
    def test_average_precision_ignores_the_threshold(self):
        # Right, wrong, right down the ranking: 1/2 x 1/1 + 1/2 x 2/3.
        gold = brief(SpanPair(S1, A1), SpanPair(S2, A3))
        found = pairs((S1, A1, 0.3), (S1, A2, 0.2), (S2, A3, 0.1))
        assert scores_of(gold, found).average_precision == pytest.approx(5 / 6)

    def test_a_gold_gap_that_no_pair_reaches_is_missed(self):
        gold = brief(SpanPair(S1, A1), SpanPair(S2, A3))
        assert scores_of(gold, pairs((S1, A1, 0.9))).average_precision == 1 / 2

    def test_pairs_with_equal_scores_rank_together(self):
        # One right of two at the same score, whichever comes first: 1 x 1/2.
        gold = brief(SpanPair(S1, A2))
        found = pairs((S1, A1, 0.5), (S1, A2, 0.5))
        assert scores_of(gold, found).average_precision == 1 / 2

    def test_pairs_are_ranked_across_briefs(self):
        # The wrong pair of the second brief outranks the right one of the first.
        gold = [brief(SpanPair(S1, A1)), brief()]
        found = [pairs((S1, A1, 0.6)), pairs((S1, A1, 0.7))]
        tallies = [metrics.tally(g, p) for g, p in zip(gold, found, strict=True)]
        assert metrics.gap_scores(tallies).average_precision == 1 / 2

    def test_a_second_pair_on_a_covered_gap_adds_no_recall(self):
        # Both right, but the gap is reached by the first alone: 1/2 x 1, not 2/2.
        gold = brief(SpanPair(S1, A1), SpanPair(S2, A2))
        found = pairs((S1, A1, 0.9), (Span(0, 8), A1, 0.8))
        assert scores_of(gold, found).average_precision == 1 / 2

    def test_the_best_threshold_is_where_f1_peaks(self):
        # F1 down the ranking: 2/3 (P 1, R 1/2), 1/2 (P 1/2, R 1/2), 4/5 (P 2/3, R 1).
        gold = brief(SpanPair(S1, A1), SpanPair(S2, A3))
        found = pairs((S1, A1, 0.9), (S1, A2, 0.6), (S2, A3, 0.4), (S2, A1, 0.2))
        assert metrics.curve([metrics.tally(gold, found)]).best_threshold == 0.4


class TestFalseFlags:
    def test_controls_are_briefs_without_a_gold_gap(self):
        gold = [brief(), brief(), brief(SpanPair(S1, A1))]
        found = [pairs((S1, A1, 0.9)), pairs((S1, A1, 0.1)), pairs((S1, A2, 0.9))]
        tallies = [metrics.tally(g, p) for g, p in zip(gold, found, strict=True)]
        assert metrics.controls_flagged(tallies) == spans.Ratio(1, 2)

    def test_flagged_distractors_are_counted_by_reason(self):
        gold = brief(
            distractors=(
                (SpanPair(S1, A1), "wrong_actor"),
                (SpanPair(S1, A2), "wrong_actor"),
                (SpanPair(S2, A3), "earlier"),
            )
        )
        found = metrics.distractors_flagged([gold], [pairs((S1, A1, 0.9), (S2, A3, 0.2))])
        assert found == {
            "all": spans.Ratio(1, 3),
            "wrong_actor": spans.Ratio(1, 2),
            "earlier": spans.Ratio(0, 1),
        }

    def test_a_distractor_with_the_spans_of_a_gap_is_left_out(self):
        gold = brief(SpanPair(S1, A1), distractors=((SpanPair(S1, A1), "wrong_actor"),))
        assert metrics.distractors_flagged([gold], [pairs((S1, A1, 0.9))]) == {
            "all": spans.Ratio(0, 0)
        }


class TestIntervals:
    def test_briefs_that_are_all_alike_leave_no_doubt(self):
        tallies = [metrics.tally(brief(SpanPair(S1, A1)), pairs((S1, A1, 0.9)))] * 5
        assert metrics.intervals(tallies, resamples=50)["f1"] == (1.0, 1.0)

    def test_one_good_and_one_bad_brief_span_the_whole_range(self):
        gold = brief(SpanPair(S1, A1))
        tallies = [metrics.tally(gold, pairs((s, A1, 0.9))) for s in (S1, S2)]
        assert metrics.intervals(tallies, resamples=200)["recall"] == (0.0, 1.0)

    def test_the_seed_decides(self):
        gold = brief(SpanPair(S1, A1))
        tallies = [metrics.tally(gold, pairs((s, A1, 0.9))) for s in (S1, S1, S2, S1, S2, S2, S1)]
        first = metrics.intervals(tallies, resamples=40, seed=1)
        assert first == metrics.intervals(tallies, resamples=40, seed=1)
        assert first != metrics.intervals(tallies, resamples=40, seed=2)


class TestGold:
    def test_quotations_become_offsets(self, tmp_path):
        path = tmp_path / "gold.jsonl"
        path.write_text(json.dumps(RECORD) + "\n\n")
        (gold,) = read_gold(path)
        assert gold.gaps == (SpanPair(Span(0, 14), Span(16, 27)),)
        assert gold.actions == (Actor(Span(16, 27), "Norway", ("NATO",)),)
        assert gold.brief.date == "2024-05-01"

    def test_a_span_that_is_not_in_the_text_is_named_by_file_and_line(self, tmp_path):
        path = tmp_path / "gold.jsonl"
        broken = {**RECORD, "text": "Oslo did it."}
        path.write_text(json.dumps(RECORD) + "\n" + json.dumps(broken) + "\n")
        with pytest.raises(InputError, match=r"gold\.jsonl:2: .*s1 is not in the text"):
            read_gold(path)

    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(InputError, match=r"nowhere\.jsonl: no such file"):
            read_gold(tmp_path / "nowhere.jsonl")

    @pytest.mark.parametrize("name", ["dev_a", "dev_b"])
    def test_perfect_answers_score_perfectly(self, name):
        gold = read_gold(GAPBENCH / f"{name}.jsonl")
        answers = [
            Prediction(
                tuple(ScoredPair(gap, 1.0, flagged=True) for gap in g.gaps), g.statements, g.actions
            )
            for g in gold
        ]
        tallies = [metrics.tally(g, p) for g, p in zip(gold, answers, strict=True)]
        assert metrics.gap_scores(tallies) == metrics.GapScores(1.0, 1.0, 1.0, 1.0)
        assert metrics.controls_flagged(tallies).value == 0.0
        assert metrics.distractors_flagged(gold, answers)["all"].value == 0.0
        statements = spans.span_scores((g.statements, g.statements) for g in gold)
        assert (statements.f1, statements.actor.value) == (1.0, 1.0)


def test_a_report_is_scored_by_the_spans_of_its_records():
    statement = Statement(
        id="s1", actor="Norway", actor_text="Oslo", text="Oslo denies it", start=0, end=14,
        score=1.0, kind="denial",
    )  # fmt: skip
    action = Action(
        id="a1", actor="Norway", actor_text="Oslo", on_behalf_of=("NATO",), text="Oslo did it",
        start=16, end=27, score=1.0, status="happened",
    )  # fmt: skip
    verdict = Verdict(
        statement="s1", action="a1", kind=None, score=0.6, flagged=False, verdict="fulfils",
        probabilities={"fulfils": 1.0}, why="",
    )  # fmt: skip
    report = Report(
        brief=Brief(id="b", text="").info,
        statements=(statement,),
        actions=(action,),
        gaps=(verdict,),
        model=ModelInfo(detector="0", nli="n", encoder="e", spans="s", threshold=0.5),
    )
    prediction = from_report(report)
    assert prediction.pairs == (
        ScoredPair(SpanPair(Span(0, 14), Span(16, 27)), 0.6, flagged=False),
    )
    assert prediction.actions == (Actor(Span(16, 27), "Norway", ("NATO",)),)
