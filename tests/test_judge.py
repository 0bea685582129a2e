"""From pairs to verdicts: what the model reads, how its scores are used, what is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from detector import Detector, ModelError, Pair
from detector.judge import Judge
from detector.judge.calibration import Calibration
from detector.judge.crossencoder import VERDICTS, CrossEncoder, Predictions, load_pair_model
from detector.judge.inputs import actor_relation, date_relation, model_input
from detector.judge.reasons import gap_kind, reason
from detector.models import folder

PAIR = Pair(
    statement="Ruritania calls for a truce",
    action="its gunboats shelled the port",
    statement_actor="Ruritania",
    action_actor="Ruritania",
)


class Fixed:
    """A pair model that always answers the same."""

    name = "fixed"

    def __init__(self, nli: Sequence[float], verdicts: Sequence[float] | None) -> None:
        self._nli, self._verdicts = nli, verdicts

    def predict(self, pairs: Sequence[tuple[str, str]], progress=None) -> Predictions:
        rows = len(pairs)
        verdicts = self._verdicts and np.array([self._verdicts] * rows, np.float32)
        return Predictions(np.array([self._nli] * rows, np.float32), verdicts)


def judge(verdicts: Sequence[float] | None, threshold: float = 0.5, nli=(0.1, 0.2, 0.7)) -> Judge:
    return Judge(Fixed(nli, verdicts), Calibration(), threshold)


CONTRADICTS = [0.7, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05]


def with_(**fields: object) -> Pair:
    return PAIR.model_copy(update=fields)


@pytest.mark.parametrize(
    ("fields", "relation"),
    [
        ({}, "same"),
        ({"action_actor": "Graustark"}, "other"),
        ({"action_actor": "Vale Guard", "on_behalf_of": ("Ruritania",)}, "proxy"),
        ({"action_actor": None}, None),
        ({"statement_actor": None}, None),
    ],
)
def test_the_relation_of_the_actors(fields: dict[str, object], relation: str | None) -> None:
    assert actor_relation(with_(**fields)) == relation


@pytest.mark.parametrize(
    ("stated", "acted", "relation"),
    [
        ("2017-04-19", "2017-04-18", "earlier"),
        ("2017-04-19", "2017-05", "later"),
        ("2017-04-19", "2017", "same"),
        (None, "2017", None),
    ],
)
def test_dates_are_compared_at_the_precision_they_share(
    stated: str | None, acted: str, relation: str | None
) -> None:
    assert date_relation(with_(statement_date=stated, action_date=acted)) == relation


def test_the_model_reads_no_more_than_is_known() -> None:
    bare = Pair(statement="S", action="A")
    assert model_input(bare) == ("S", "A")
    premise, hypothesis = model_input(with_(action_actor="Vale Guard", on_behalf_of=("Ruritania",)))
    assert premise.startswith("Ruritania: ")
    assert hypothesis.startswith("(Vale Guard for Ruritania) ")


def test_a_contradiction_over_the_threshold_is_flagged() -> None:
    (verdict,) = judge(CONTRADICTS).judge([PAIR])
    assert (verdict.verdict, verdict.flagged, verdict.kind) == (
        "contradicts",
        True,
        "call_vs_conduct",
    )
    (verdict,) = judge(CONTRADICTS, threshold=0.9).judge([PAIR])
    assert (verdict.verdict, verdict.flagged) == ("contradicts", False)


def test_contradiction_is_tested_for_first() -> None:
    doubtful = [0.3, 0.5, 0.04, 0.04, 0.04, 0.04, 0.04]
    (verdict,) = judge(doubtful, threshold=0.25).judge([PAIR])
    assert (verdict.verdict, verdict.flagged) == ("contradicts", True)


def test_another_actor_is_never_flagged() -> None:
    (verdict,) = judge(CONTRADICTS).judge([with_(action_actor="Graustark")])
    assert (verdict.verdict, verdict.score, verdict.flagged) == ("other_actor", 0.0, False)


def test_probabilities_sum_to_one_and_the_verdict_is_the_likeliest() -> None:
    (verdict,) = judge([0.3, 0.5, 0.04, 0.04, 0.04, 0.04, 0.04]).judge([PAIR])
    assert verdict.verdict == "fulfils"
    assert verdict.kind is None
    assert sum(verdict.probabilities.values()) == pytest.approx(1.0, abs=1e-3)
    assert tuple(verdict.probabilities) == VERDICTS


def test_a_plain_nli_model_judges_by_contradiction() -> None:
    (verdict,) = judge(None).judge([PAIR])
    assert (verdict.verdict, verdict.score) == ("contradicts", pytest.approx(0.7))
    (verdict,) = judge(None, nli=(0.8, 0.1, 0.1)).judge([PAIR])
    assert verdict.verdict == "fulfils"


def test_calibration_moves_the_score_and_keeps_the_order() -> None:
    raw = np.array([[p, *[(1 - p) / 6] * 6] for p in (0.2, 0.5, 0.9)], np.float32)
    shifted = Calibration(slope=0.5, intercept=-1.0).apply(raw, [PAIR] * 3)
    assert shifted.sum(axis=1) == pytest.approx(np.ones(3))
    assert (np.diff(shifted[:, 0]) > 0).all()
    assert shifted[1, 0] == pytest.approx(1 / (1 + np.e), abs=1e-6)


@pytest.mark.parametrize("feature", ["similarity", "actor"])
def test_likeness_and_certain_actors_can_raise_a_score(feature: str) -> None:
    raw = np.full((2, 7), 1 / 7, np.float32)
    field = {"similarity": "similarity", "actor": "actor_score"}[feature]
    scores = Calibration(**{feature: 2.0}).apply(raw, [with_(**{field: v}) for v in (0.2, 0.9)])
    assert scores[1, 0] > scores[0, 0]


@pytest.mark.parametrize(
    ("statement", "status", "kind"),
    [
        ("denial", "happened", "denial"),
        ("pledge", "happened", "breach"),
        ("principle", "ongoing", "principle"),
        ("call", "happened", "call_vs_conduct"),
        ("pledge", "decided", "plan"),
    ],
)
def test_the_kind_follows_the_statement_and_the_status(
    statement: str, status: str, kind: str
) -> None:
    assert gap_kind(with_(statement_kind=statement, action_status=status)) == kind


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_reason_names_only_what_the_pair_names(verdict: str) -> None:
    said = reason(PAIR, verdict)  # type: ignore[arg-type]
    assert said.endswith(".")
    assert "Graustark" not in said
    proxied = with_(action_actor="Vale Guard", on_behalf_of=("Ruritania",))
    assert "Vale Guard, acting for Ruritania" in reason(proxied, "contradicts")


def test_the_embedded_model_tells_a_contradiction_from_a_fulfilment() -> None:
    model = CrossEncoder.load(folder("nli"))
    nli = model.predict(
        [
            ("The troops withdrew from the city on Monday.", "The troops stayed in the city."),
            ("The minister signed the treaty.", "A treaty was signed."),
        ]
    ).nli
    assert nli[0].argmax() == 2
    assert nli[1].argmax() == 0


def test_the_embedded_judge_tells_a_breach_from_good_faith(detector: Detector) -> None:
    stated = {"statement": "Iran denied that it sends weapons to any party"}
    actors = {"statement_actor": "Iran", "action_actor": "Iran"}
    breach, kept = detector.compare(
        [
            Pair(
                **stated,
                **actors,
                action="the Guards shipped missile parts to the Houthis",
            ),
            Pair(
                **stated,
                **actors,
                action="Iranian envoys opened a trade fair in Muscat",
            ),
        ]
    )
    assert breach.score > kept.score


@pytest.mark.parametrize(
    ("states", "acts", "date"), [("Tehran", "Iran", None), ("Iran", "Hezbollah", "2017-04")]
)
def test_given_pairs_are_resolved_like_a_brief(
    detector: Detector, states: str, acts: str, date: str | None
) -> None:
    (verdict,) = detector.compare(
        [
            Pair(
                statement="called for a ceasefire",
                action="sent a thousand fighters to the front",
                statement_actor=states,
                action_actor=acts,
                action_date=date,
            )
        ]
    )
    assert verdict.verdict != "other_actor"


def test_a_patron_counts_only_in_its_years(detector: Detector) -> None:
    pair = Pair(
        statement="called for a ceasefire",
        action="sent a thousand fighters to the front",
        statement_actor="Iran",
        action_actor="Hezbollah",
        action_date="1950",
    )
    assert detector.compare([pair])[0].verdict == "other_actor"


@pytest.fixture
def classifier(tmp_path: Path):
    """Saves a tiny BERT classifier with the given labels, and returns its folder."""
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    def save(labels: Sequence[str]) -> Path:
        tokenizer = Tokenizer.from_file(str(folder("nli") / "tokenizer.json"))
        PreTrainedTokenizerFast(
            tokenizer_object=tokenizer, pad_token="[PAD]", model_max_length=64
        ).save_pretrained(tmp_path)
        config = BertConfig(
            vocab_size=tokenizer.get_vocab_size(),
            hidden_size=8,
            num_hidden_layers=1,
            num_attention_heads=1,
            intermediate_size=8,
            max_position_embeddings=64,
            id2label=dict(enumerate(labels)),
            label2id={label: i for i, label in enumerate(labels)},
        )
        BertForSequenceClassification(config).save_pretrained(tmp_path)
        return tmp_path

    return save


def test_a_hub_model_is_read_by_its_labels(classifier) -> None:
    pairs = [("It rains.", "It is dry."), ("It rains.", "It is wet.")]
    straight = load_pair_model(classifier(["ENTAILMENT", "NEUTRAL", "CONTRADICTION"]))
    first = straight.predict(pairs)
    assert first.verdicts is None
    assert first.nli.sum(axis=1) == pytest.approx(np.ones(2), abs=1e-5)


def test_two_labels_never_give_a_contradiction(classifier) -> None:
    model = load_pair_model(classifier(["entailment", "not_entailment"]))
    assert model.predict([("It rains.", "It is dry.")]).nli[0, 2] == 0.0


def test_labels_of_another_task_are_refused(classifier) -> None:
    path = classifier(["positive", "negative"])
    with pytest.raises(ModelError, match="positive, negative are not those of an NLI model"):
        load_pair_model(path)


def test_label_order_makes_no_difference(classifier, tmp_path: Path) -> None:
    import json

    path = classifier(["contradiction", "entailment", "neutral"])
    reversed_order = load_pair_model(path).predict([("It rains.", "It is dry.")]).nli
    config = json.loads((path / "config.json").read_text())
    config["id2label"] = {"0": "entailment", "1": "neutral", "2": "contradiction"}
    config["label2id"] = {v: int(k) for k, v in config["id2label"].items()}
    (path / "config.json").write_text(json.dumps(config))
    straight = load_pair_model(path).predict([("It rains.", "It is dry.")]).nli
    assert reversed_order[0, [2, 0, 1]] == pytest.approx(straight[0], abs=1e-6)
