"""The data sets behind the embedded models, and their licences as the authors state them."""

from __future__ import annotations

from typing import NamedTuple


class Source(NamedTuple):
    """A data set, what it was used for, and its licence."""

    name: str
    use: str
    licence: str


NLI_SETS = (
    Source("MultiNLI, part (Williams et al., 2018)", "NLI, 29,241 pairs", "OANC and CC BY / BY-SA"),
    Source("LingNLI (Parrish et al., 2021)", "NLI, 44,958 pairs", "not stated"),
    Source("WANLI, part (Liu et al., 2022)", "NLI, 14,999 pairs", "CC BY 4.0"),
    Source("SNLI, part (Bowman et al., 2015)", "NLI, 15,000 pairs", "CC BY-SA 4.0"),
    Source(
        "Counterfactually augmented SNLI (Kaushik et al., 2020)",
        "NLI, 4,000 pairs",
        "Apache-2.0, on SNLI",
    ),
    Source("FEVER development claims (Thorne et al., 2018)", "NLI, 5,000 pairs", "CC BY-SA 3.0"),
    Source("ConjNLI (Saha et al., 2020)", "NLI, 3,000 pairs", "MIT"),
    Source(
        "Semantic Fragments (Richardson et al., 2020)",
        "NLI, 2,000 pairs",
        "MIT for the copy used; the original's not stated",
    ),
    Source("Syntactic augmentation (Min et al., 2020)", "NLI, 1,500 pairs", "not stated"),
    Source("ScoNe (She et al., 2023)", "NLI, 1,500 pairs", "CC0 1.0"),
    Source("HELP (Yanaka et al., 2019)", "NLI, 1,500 pairs", "CC BY-SA 4.0"),
    Source("CANNOT, WikiFactCheck negations", "NLI, 1,500 pairs", "CC BY-SA 4.0"),
    Source("GapBench pairs and training briefs", "verdicts", "CC BY 4.0"),
    Source("all-MiniLM-L6-v2", "starting weights", "Apache-2.0"),
)

EVENT_SETS = (
    Source("GapBench training briefs and pairs", "spans, actors, kinds, status", "CC BY 4.0"),
    Source(
        "367 news articles and press documents annotated by GapBench's guidelines",
        "spans and actors",
        "texts belong to their publishers and are not distributed",
    ),
    Source("PolNeAR (Newell et al., 2018)", "attribution", "not stated"),
    Source("PropBank roles on UD English Web Treebank", "who does what", "CC BY-SA 4.0"),
    Source("all-MiniLM-L6-v2", "starting weights", "Apache-2.0"),
)
