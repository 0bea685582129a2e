"""Why a pair got its verdict, in one plain sentence made of what is in the records."""

from __future__ import annotations

from detector.judge.inputs import actor_relation
from detector.records import GapKind, Pair, VerdictName

_SAYS = {
    "denial": "denies it",
    "pledge": "pledged otherwise",
    "call": "calls for the opposite",
    "principle": "professes the opposite principle",
    "goal": "states the opposite aim",
    None: "says otherwise",
}
_DOES = {
    "happened": "is reported to have done this",
    "ongoing": "is reported to be doing this",
    "decided": "has decided on this",
    "planned": "plans this",
    "conditional": "would do this on a condition",
    "negated": "is reported not to have done this",
    "hypothetical": "might do this",
    None: "is reported to have done this",
}


def gap_kind(pair: Pair) -> GapKind:
    """The kind of gap: `plan` for what is not yet carried out, else by the kind of statement."""
    if pair.action_status in ("decided", "planned"):
        return "plan"
    if pair.statement_kind == "denial":
        return "denial"
    if pair.statement_kind == "pledge":
        return "breach"
    if pair.statement_kind == "principle":
        return "principle"
    return "call_vs_conduct"


def reason(pair: Pair, verdict: VerdictName) -> str:
    """One sentence on a verdict; it names nothing that is not in the pair."""
    states = pair.statement_actor or "The speaker"
    acts = pair.action_actor or "the one who acts"
    who = f"{acts}, on behalf of {states}," if actor_relation(pair) == "proxy" else acts
    if verdict == "contradicts":
        hedge = " (the report is hedged)" if pair.hedged else ""
        says, does = _SAYS[pair.statement_kind], _DOES[pair.action_status]
        if actor_relation(pair) == "same":
            return f"{states} {says}, yet {does}{hedge}."
        return f"{states} {says}, yet {who} {does}{hedge}."
    return {
        "fulfils": f"What {who} did is in line with what {states} said.",
        "superseded": f"The action came before the position that {states} took.",
        "other_actor": f"The action is that of {acts}, not of {states} or a party it backs.",
        "unrealised": "The action did not happen, or is only feared, proposed or denied.",
        "conditional": f"{states} put a condition on its word, or openly reserved the action.",
        "unrelated": "The statement and the action are about different things.",
    }[verdict]
