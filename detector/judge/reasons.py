"""Why a pair got its verdict, in one plain sentence made of what is in the records."""

from __future__ import annotations

from detector.judge.inputs import actor_relation
from detector.records import GapKind, Pair, VerdictName

_SAYS = {
    "denial": "denies",
    "pledge": "pledged the opposite of",
    "call": "calls for the opposite of",
    "principle": "professes a principle at odds with",
    "goal": "states an aim at odds with",
}
_DOES = {"decided": "has been decided by", "planned": "is planned by"}


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
    if actor_relation(pair) == "proxy":
        acts = f"{acts}, acting for {states}"
    if verdict == "contradicts":
        says = _SAYS.get(pair.statement_kind or "", "says the opposite of")
        does = _DOES.get(pair.action_status or "", "is reported of")
        who = "it" if actor_relation(pair) == "same" else acts
        hedge = " (the report is hedged)" if pair.hedged else ""
        return f"{states} {says} what {does} {who}{hedge}."
    return {
        "fulfils": f"What is reported of {acts} is in line with what {states} said.",
        "superseded": f"The action came before the position that {states} took.",
        "other_actor": f"The action is that of {acts}, not of {states} or a party it backs.",
        "unrealised": "The action did not happen, or is only feared, proposed or denied.",
        "conditional": f"{states} put a condition on its word, or openly reserved the action.",
        "unrelated": "The statement and the action are about different things.",
    }[verdict]
