"""What the span model's outputs mean: one vector of `WIDTH` numbers a token.

The blocks of `LAYOUT` are BIO logits for statements and actions (outside, begin, inside),
logits that are averaged over a span (its kind, status, hedge), and queries and keys whose
products point from a span to the mention of its actor and of that actor's patron (pointer
networks: Vinyals et al., 2015).
"""

from __future__ import annotations

import math
from typing import get_args

from detector.records import ActionStatus, StatementKind

STATEMENT_KINDS: tuple[StatementKind, ...] = get_args(StatementKind)
STATUSES: tuple[ActionStatus, ...] = get_args(ActionStatus)
POINTER = 64
_BLOCKS = {
    "statement": 3,
    "action": 3,
    "kind": len(STATEMENT_KINDS),
    "status": len(STATUSES),
    "hedged": 1,
    "actor_query": POINTER,
    "actor_key": POINTER,
    "patron_query": POINTER,
    "patron_key": POINTER,
}
LAYOUT: dict[str, slice] = {}
WIDTH = 0
for _name, _size in _BLOCKS.items():
    LAYOUT[_name] = slice(WIDTH, WIDTH + _size)
    WIDTH += _size

_REACH = 9
DISTANCE_BUCKETS = 2 * _REACH + 1


def distance_bucket(mention: int, start: int, end: int) -> int:
    """Bucket of the way from a span's tokens `start:end` to a mention's first token.

    The middle bucket is inside the span; each further one doubles the distance.
    """
    if start <= mention < end:
        return _REACH
    away = start - mention if mention < start else mention - end + 1
    step = min(_REACH, 1 + int(math.log2(away)))
    return _REACH - step if mention < start else _REACH + step
