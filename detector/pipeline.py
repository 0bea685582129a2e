"""The whole way: brief → statements and actions → pairs → verdicts → report."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import detector
from detector.actors import ActorTable
from detector.embed import Embedder, load_embedder
from detector.errors import InputError
from detector.extract import Extractor, SpanModel, certain
from detector.judge import Judge
from detector.judge.calibration import Calibration
from detector.judge.crossencoder import PairModel, load_pair_model
from detector.match import match
from detector.models import folder
from detector.records import Action, Brief, ModelInfo, Pair, Report, Statement, Verdict

Progress = Callable[[float], None]


class Detector:
    """Finds the gaps in briefs. `Detector.load()` gives one with the embedded models.

    >>> report = Detector.load().score(Brief(id="note", text="…"))
    >>> [gap.why for gap in report.flagged]
    []
    """

    def __init__(
        self,
        extractor: Extractor,
        embedder: Embedder,
        judge: Judge,
        actors: ActorTable,
        info: ModelInfo,
    ) -> None:
        self._extractor = extractor
        self._embedder = embedder
        self._judge = judge
        self.actors = actors
        self.info = info

    @classmethod
    def load(
        cls,
        nli: str | Path | None = None,
        encoder: str | Path | None = None,
        actors: str | Path | None = None,
        threshold: float | None = None,
    ) -> Detector:
        """A detector ready to score.

        Args:
            nli: folder of a cross-encoder, or name or path of a Hugging Face NLI classifier;
                the embedded one by default. Another model's scores are not calibrated.
            encoder: folder or name of a sentence encoder; the embedded one by default.
            actors: CSV file with further actors; see `detector.actors`.
            threshold: least score in 0…1 of a flagged gap; the model's own by default.

        Raises:
            InputError: the threshold lies outside 0…1.
            ActorsError: the actor file breaks its schema.
            ModelError: a model is missing, damaged or of the wrong kind.
        """
        if threshold is not None and not (math.isfinite(threshold) and 0.0 <= threshold <= 1.0):
            raise InputError(f"threshold {threshold} is out of range; give a number in 0…1")
        table = ActorTable.load(actors)
        pair_model = load_pair_model(nli or folder("nli"))
        embedder = load_embedder(encoder or folder("encoder"))
        spans = SpanModel(folder("spans"))
        calibration = _calibration(pair_model)
        least = calibration.threshold if threshold is None else threshold
        return cls(
            Extractor(spans, table),
            embedder,
            Judge(pair_model, calibration, least),
            table,
            ModelInfo(
                detector=detector.__version__,
                nli=pair_model.name,
                encoder=embedder.name,
                spans=spans.name,
                threshold=least,
            ),
        )

    def extract(
        self, brief: Brief, progress: Progress | None = None
    ) -> tuple[tuple[Statement, ...], tuple[Action, ...]]:
        """Statements and actions alone, in the order of the text."""
        statements, actions = self._extractor.extract(brief, progress)
        return tuple(certain(statements)), tuple(certain(actions))

    def score(
        self, brief: Brief, all_pairs: bool = False, progress: Progress | None = None
    ) -> Report:
        """The brief's gaps, strongest first.

        Args:
            brief: the text, and its date where known: ties to patrons are dated.
            all_pairs: report every judged pair, not only those found to contradict.
            progress: called with the share of the work done, in 0…1.
        """
        statements, actions = self._extractor.extract(brief, _part(progress, 0.0, 0.6))
        pairs = match(statements, actions, self._embedder)
        verdicts = self._judge.judge(pairs, _part(progress, 0.6, 1.0))
        # A less likely actor of a span is reported only where it makes a flagged gap.
        sure = {record.id for record in (*certain(statements), *certain(actions))}
        kept = [
            v
            for v in verdicts
            if v.flagged
            or ({v.statement, v.action} <= sure and (all_pairs or v.verdict == "contradicts"))
        ]
        shown = sure.union(*((v.statement, v.action) for v in kept))
        return Report(
            brief=brief.info,
            statements=tuple(s for s in statements if s.id in shown),
            actions=tuple(a for a in actions if a.id in shown),
            gaps=tuple(sorted(kept, key=lambda v: -v.score)),
            model=self.info,
            text=brief.text,
        )

    def score_many(self, briefs: Iterable[Brief]) -> Iterator[Report]:
        """Reports in the order of the briefs, one at a time."""
        for brief in briefs:
            yield self.score(brief)

    def compare(self, pairs: Sequence[Pair], progress: Progress | None = None) -> list[Verdict]:
        """A verdict for each given pair, in their order; what is unknown may stay empty.

        Names are resolved as in a brief ("Tehran", "Iran" and its foreign minister are one), and
        where a pair tells no patron, those of the actor table at its date are taken.
        """
        return self._judge.judge([self._resolved(pair) for pair in pairs], progress)

    def _resolved(self, pair: Pair) -> Pair:
        def name(actor: str | None, date: str | None) -> str | None:
            found = self.actors.resolve(actor) if actor else None
            return self.actors.principal(found.name, date) if found else actor

        date = pair.action_date or pair.statement_date
        acts = name(pair.action_actor, date)
        patrons = [name(patron, date) or patron for patron in pair.on_behalf_of]
        if acts and not patrons:
            patrons = [patron for patron in self.actors.backers(acts, date) if patron != acts]
        return pair.model_copy(
            update={
                "statement_actor": name(pair.statement_actor, pair.statement_date or date),
                "action_actor": acts,
                "on_behalf_of": tuple(patrons),
            }
        )


def _calibration(model: PairModel) -> Calibration:
    card = getattr(model, "card", {})
    return Calibration.from_card(card.get("calibration", {}), model.name)


def _part(progress: Progress | None, low: float, high: float) -> Progress | None:
    if progress is None:
        return None
    return lambda share: progress(low + share * (high - low))
