"""Which statement × action pairs are worth judging.

A pair is made where the actor who acts is the one who states, or acts on its behalf. Of each
statement's actions the most similar `top_k` are kept, found by one exact matrix product per
block of actors, so that the number of pairs grows with the text and not with its square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

import numpy as np

from detector.embed import Embedder
from detector.records import Action, Pair, Statement

TOP_K = 16
_ROWS = 1024


def match(
    statements: Sequence[Statement],
    actions: Sequence[Action],
    embedder: Embedder,
    top_k: int = TOP_K,
) -> list[Pair]:
    """Pairs of one brief, in the order of its statements.

    Args:
        top_k: most actions to keep for a statement.
    """
    by_principal: dict[str, list[int]] = defaultdict(list)
    for index, action in enumerate(actions):
        if action.actor:
            for principal in dict.fromkeys([action.actor, *action.on_behalf_of]):
                by_principal[principal].append(index)
    by_actor: dict[str, list[int]] = defaultdict(list)
    for index, statement in enumerate(statements):
        if statement.actor:
            by_actor[statement.actor].append(index)

    texts = dict.fromkeys(span.text for span in (*statements, *actions))
    row = {text: number for number, text in enumerate(texts)}
    vectors = embedder.encode(list(texts)) if texts else np.zeros((0, 1), np.float32)
    pairs: list[tuple[int, int, Pair]] = []
    for actor, stated in by_actor.items():
        acted = by_principal.get(actor, [])
        if not acted:
            continue
        right = vectors[[row[actions[j].text] for j in acted]]
        for low in range(0, len(stated), _ROWS):
            block = stated[low : low + _ROWS]
            similar = vectors[[row[statements[i].text] for i in block]] @ right.T
            kept = np.argsort(-similar, axis=1, kind="stable")
            for line, i in enumerate(block):
                others = (
                    c for c in kept[line] if not _same_words(statements[i], actions[acted[c]])
                )
                for column in islice(others, top_k):
                    j = acted[column]
                    cosine = float(np.clip(similar[line, column], -1.0, 1.0))
                    pairs.append((i, j, _pair(statements[i], actions[j], cosine)))
    return [pair for _, _, pair in sorted(pairs, key=lambda p: p[:2])]


def _same_words(statement: Statement, action: Action) -> bool:
    """Whether both are mostly one span: a vow stands in both lists, and breaks no vow itself."""
    shared = min(statement.end, action.end) - max(statement.start, action.start)
    return shared > 0.5 * min(len(statement.text), len(action.text))


def _pair(statement: Statement, action: Action, similarity: float) -> Pair:
    return Pair(
        statement=statement.text,
        action=action.text,
        statement_actor=statement.actor,
        action_actor=action.actor,
        on_behalf_of=action.on_behalf_of,
        statement_date=statement.date,
        action_date=action.date,
        statement_id=statement.id,
        action_id=action.id,
        statement_kind=statement.kind,
        action_status=action.status,
        hedged=action.hedged,
        similarity=similarity,
        actor_score=statement.actor_score * action.actor_score,
    )
