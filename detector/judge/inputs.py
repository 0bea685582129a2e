"""What the cross-encoder reads for a pair: two texts, with what is known put before them.

The relation of the two actors is spelled out, so that the model judges by the relation and
not by the names. Whatever is unknown is left out; training drops fields at random, so that
the model copes without them.
"""

from __future__ import annotations

from typing import Literal

from detector.records import Pair

Relation = Literal["same", "proxy", "other"]


def actor_relation(pair: Pair) -> Relation | None:
    """How the one who acts stands to the one who states; None where either is unknown."""
    states, acts = pair.statement_actor, pair.action_actor
    if not states:
        return None
    if states.casefold() in (patron.casefold() for patron in pair.on_behalf_of):
        return "proxy"
    if not acts:
        return None
    return "same" if states.casefold() == acts.casefold() else "other"


def date_relation(pair: Pair) -> Literal["earlier", "same", "later"] | None:
    """When the action was, seen from the statement; None where it cannot be told.

    Dates are compared at the precision they share: "2017-04" and "2017-04-19" are the same.
    """
    if not pair.statement_date or not pair.action_date:
        return None
    shared = min(len(pair.statement_date), len(pair.action_date))
    stated, acted = pair.statement_date[:shared], pair.action_date[:shared]
    if acted == stated:
        return "same"
    return "earlier" if acted < stated else "later"


def model_input(pair: Pair) -> tuple[str, str]:
    """Premise and hypothesis for the cross-encoder."""
    premise = pair.statement
    if pair.statement_actor:
        premise = f"{pair.statement_actor}: {premise}"
    known = []
    relation = actor_relation(pair)
    if relation == "same":
        known.append(f"{pair.statement_actor} itself")
    elif relation == "proxy":
        known.append(f"{pair.action_actor or 'a proxy'} for {pair.statement_actor}")
    elif relation == "other":
        known.append(f"{pair.action_actor}, another actor")
    when = date_relation(pair)
    if when:
        known.append("at that time" if when == "same" else when)
    prefix = f"({'; '.join(known)}) " if known else ""
    return premise, prefix + pair.action
