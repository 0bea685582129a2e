"""What people look at: everything that was found is there, and nothing of a brief takes effect."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from html.parser import HTMLParser

import pytest
from conftest import TEXT, action, gap, make_report, statement
from rich.console import Console

from detector import Brief, Pair, Report
from detector.views.frame import gaps_frame
from detector.views.html import render
from detector.views.segments import segments
from detector.views.terminal import report_view, spans_view, verdicts_view
from detector.visible import one_line, visible

ATTACKS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</mark></p><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' autofocus onfocus='alert(1)",
    '<a href="javascript:alert(1)">talks</a>',
    "javascript:alert(1)",
    "<style>*{display:none}</style>",
    "<!-- --><svg/onload=alert(1)>",
    "{{ 7 * 7 }}{% include 'x' %}",
    "\x1b[31mred\x1b[0m\x1b]8;;http://x\x1b\\link",
    "\x9b31mred \x07 \x08\x08 \x7f \x00",
    "[bold red]loud[/bold red] [link=http://x]y[/link] [/]",
    "over\rwritten",
    "\u202eesrever\u202c \u2066isolate\u2069 line\u2028separator",
    ":boom:",
]
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def hostile(attack: str) -> Report:
    """A report that carries `attack` wherever it can carry text."""
    text = f"They said {attack} one. They did {attack} two."
    says = statement(f"s{attack}", text, f"{attack} one", attack)
    does = action(f"a{attack}", text, f"{attack} two", attack, [attack])
    found = gap(says.id, does.id, 0.9, "breach", attack)
    return make_report(text, [says], [does], [found], title=attack, source=attack, id=attack)


def on_terminal(report: Report, *, width: int = 80, plain: bool = True) -> str:
    """The report's view as written to a file or pipe, or else to a terminal in colour."""
    console = Console(
        file=io.StringIO(),
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
        force_terminal=not plain,
        color_system=None if plain else "standard",
        soft_wrap=plain,
        _environ={},
    )
    report_view(report, console)
    return console.file.getvalue()


class Page(HTMLParser):
    """The parts of a page that could do something, its links and its visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.shown = ""
        self._within: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.shown += data

    def values(self, name: str) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.tags if name in attrs]


class TestSegments:
    def test_join_to_the_text(self) -> None:
        spans = [statement("s1", "abcdef", "bcd"), action("a1", "abcdef", "cde")]
        assert "".join(segment.text for segment in segments("abcdef", spans)) == "abcdef"

    def test_crossing_spans_are_cut_at_each_edge(self) -> None:
        spans = [statement("s1", "abcdef", "bcd"), action("a1", "abcdef", "cde")]
        cut = [(s.text, [span.id for span in s.spans]) for s in segments("abcdef", spans)]
        assert cut == [("a", []), ("b", ["s1"]), ("cd", ["s1", "a1"]), ("e", ["a1"]), ("f", [])]

    def test_longest_opens_first_and_latest_closes_first(self) -> None:
        spans = [action("a1", "abc", "ab"), statement("s1", "abc", "abc"), action("a2", "abc", "b")]
        first, second, _ = segments("abc", spans)
        assert [span.id for span in first.opens] == ["s1", "a1"]
        assert [span.id for span in second.closes] == ["a2", "a1"]

    def test_span_of_another_text_marks_nothing(self) -> None:
        assert [s.spans for s in segments("truth", [statement("s1", "truce", "ce")])] == [()]

    def test_offsets_are_code_points_in_any_script(self) -> None:
        text = "Cafe\u0301 💥 دعا الرئيس إلى الهدنة e\u0301"
        marked = statement("s1", text, "دعا الرئيس إلى الهدنة")
        assert [s.text for s in segments(text, [marked]) if s.spans] == [marked.text]


class TestVisible:
    def test_pictures_stand_for_controls(self) -> None:
        assert visible("a\x1b\x7f\x9b\u202eb\r\n\tc") == "a␛␡⟨U+009B⟩⟨U+202E⟩b\n\tc"

    def test_marks_that_right_to_left_prose_needs_stay(self) -> None:
        assert visible("\u200fدعا\u200f e\u0301 \u200d") == "\u200fدعا\u200f e\u0301 \u200d"

    def test_one_line_is_one_short_line(self) -> None:
        assert one_line("a\nb\u2028c\x85 d") == "a b⟨U+2028⟩c⟨U+0085⟩ d"
        assert one_line("x" * 50, 11) == "xxxxx…xxxxx"


class TestTerminal:
    def test_off_a_terminal_spans_stand_in_markers(self, report: Report) -> None:
        shown = on_terminal(report)
        assert "[s1 called on all sides to lay down their arms], saying" in shown
        assert "which Ruritania pays and arms, {a1 shelled the market of Hentz}," in shown

    def test_without_its_markers_the_text_is_whole(self, report: Report) -> None:
        bare = re.sub(r"\[s\d |\{a\d |[]}]", "", on_terminal(report))
        assert TEXT in bare

    def test_crossing_marker_says_which_it_closes(self) -> None:
        spans = [statement("s1", "a b c d", "a b c")], [action("a1", "a b c d", "c d")]
        assert "[s1 a b {a1 c s1] d}" in on_terminal(make_report("a b c d", *spans))

    def test_gaps_are_told_strongest_first_with_quotes_and_reason(self, report: Report) -> None:
        shown = on_terminal(report)
        assert "0.91 call against conduct" in shown
        assert "a1  Vale Guard, for Ruritania: “shelled the market of Hentz”" in shown
        assert "why  The force that Ruritania arms shells a town." in shown
        assert shown.index("0.91") < shown.index("0.34 denial  below the threshold")
        assert "2 statements, 2 actions, 1 gap flagged (threshold 0.50)" in shown

    def test_nothing_found_is_said(self) -> None:
        assert "No statement and no action was found." in on_terminal(make_report("Rain fell."))

    def test_statements_alone_are_said_to_have_no_counterpart(self) -> None:
        shown = on_terminal(make_report("a b", [statement("s1", "a b", "b")]))
        assert "No action was found, so there is nothing to compare." in shown

    def test_colours_on_a_terminal_only(self, report: Report) -> None:
        assert "\x1b" not in on_terminal(report)
        assert "\x1b[4;36mcalled on all sides" in on_terminal(report, plain=False)

    @pytest.mark.parametrize("attack", ATTACKS)
    def test_nothing_of_a_brief_steers_the_terminal(self, attack: str) -> None:
        assert not STEERING.search(on_terminal(hostile(attack)))
        in_colour = on_terminal(hostile(attack), plain=False)
        assert not STEERING.search(re.sub(r"\x1b\[[0-9;]*m", "", in_colour))
        assert "\x1b]8" not in in_colour

    def test_markup_is_shown_as_it_stands(self) -> None:
        assert "[bold red]loud[/bold red]" in on_terminal(hostile("[bold red]loud[/bold red]"))
        assert ":boom: one" in on_terminal(hostile(":boom:"))

    def test_long_text_is_shown_in_time_that_grows_with_it(self) -> None:
        text = "They called for calm and then they fired on the town. \n" * 20_000
        spans = [
            statement(f"s{n}", text[: 55 * (n + 1)], "called for calm").model_copy(
                update={"start": 55 * n + 5, "end": 55 * n + 20}
            )
            for n in range(0, 20_000, 200)
        ]
        assert on_terminal(make_report(text, spans)).count("[s") == len(spans)

    def test_extract_lists_who_says_and_does_what(self, report: Report, brief: Brief) -> None:
        console = Console(file=io.StringIO(), width=200, markup=False, highlight=False)
        spans_view(brief, report.statements, report.actions, console)
        shown = console.file.getvalue()
        assert "s2  Ruritania: “denied that any Ruritanian unit was across the river”" in shown
        assert "“shelled the market of Hentz” (happened, hedged; 0.80)" in shown

    def test_compare_shows_each_pair(self) -> None:
        console = Console(file=io.StringIO(), width=80, markup=False, highlight=False)
        pair = Pair(statement="No [b]mine[/b] is ours.", action="Mines were laid.")
        verdict = gap(pair.statement, pair.action, 0.8, "denial", "They were theirs.")
        verdicts_view([pair], [verdict], console)
        shown = console.file.getvalue()
        assert "0.80 denial" in shown
        assert "says  unnamed actor: “No [b]mine[/b] is ours.”" in shown


class TestHtml:
    def test_gap_and_spans_link_to_each_other(self, report: Report) -> None:
        page = Page(render(report))
        targets = page.values("id")
        assert len(targets) == len(set(targets))
        for link in page.values("href"):
            assert link.removeprefix("#") in targets
        (card, _) = [attrs for tag, attrs in page.tags if tag == "article"]
        labels = {a["id"]: a["href"] for _, a in page.tags if a.get("class") == "label says"}
        assert labels["span-1"] == "#gap-1"
        assert card["data-spans"] == "span-1 span-3"

    def test_shows_all_that_was_found(self, report: Report) -> None:
        shown = Page(render(report)).shown
        for part in (
            "Shells on Hentz",
            "2024-05-03",
            "Call against conduct",
            "0.91",
            "Vale Guard, for Ruritania",
            "The force that Ruritania arms shells a town.",
            "another actor",
            "withdrew its last battalion",
            "Below the threshold of 0.50",
        ):
            assert part in shown

    def test_marked_text_is_the_text(self) -> None:
        text = "Cafe\u0301 دعا الرئيس إلى الهدنة ثم قصف السوق"
        says, does = (
            statement("s1", text, "دعا الرئيس إلى الهدنة ثم"),
            action("a1", text, "ثم قصف السوق"),
        )
        html = render(make_report(text, [says], [does]))
        pieces = re.findall(r"<mark[^>]*>([^<]*)</mark>", html)
        assert pieces == ["دعا الرئيس إلى الهدنة ", "ثم", " قصف السوق"]

    def test_loads_nothing_and_runs_its_own_script_alone(self, report: Report) -> None:
        html = render(report)
        page = Page(html)
        (policy,) = [a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a]
        assert policy is not None
        assert policy.startswith("default-src 'none';")
        for tag in ("script", "style"):
            (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy
        assert not page.values("src")
        assert not page.values("style")
        assert all(link.startswith("#") for link in page.values("href"))

    @pytest.mark.parametrize("attack", ATTACKS)
    def test_nothing_of_a_brief_takes_effect(self, attack: str, report: Report) -> None:
        html = render(hostile(attack))
        page = Page(html)
        assert {tag for tag, _ in page.tags} <= {tag for tag, _ in Page(render(report)).tags}
        assert [tag for tag, _ in page.tags].count("script") == 1
        names = {name for _, attrs in page.tags for name in attrs}
        assert not [name for name in names if name.startswith("on")]
        assert all(link.startswith("#") for link in page.values("href"))
        assert not STEERING.search(html)
        assert page.shown.count(visible(attack)) >= 5

    def test_empty_report_says_so(self) -> None:
        assert "No statement and no action was found." in Page(render(make_report("Rain."))).shown

    def test_report_read_back_from_json_has_no_text_but_all_else(self, report: Report) -> None:
        html = render(Report.model_validate_json(report.to_json()))
        assert "<mark" not in html
        assert "The force that Ruritania arms shells a town." in html
        page = Page(html)
        assert {link[1:] for link in page.values("href")} <= set(page.values("id"))

    def test_is_the_same_each_time(self, report: Report) -> None:
        assert render(report) == render(report)


class TestFrame:
    def test_a_row_a_judged_pair(self, report: Report) -> None:
        frame = gaps_frame(report)
        row = frame.iloc[0]
        assert len(frame) == 2
        assert row["statement_actor"] == "Ruritania"
        assert row["on_behalf_of"] == "Ruritania"
        assert row["p_contradicts"] == 0.91
        assert row["action_text"] == TEXT[row["action_start"] : row["action_end"]]

    def test_dtypes_do_not_depend_on_the_rows(self, report: Report) -> None:
        empty = gaps_frame(make_report("Rain fell."))
        assert len(empty) == 0
        assert empty.dtypes.equals(gaps_frame(report).dtypes)

    def test_columns_are_all_documented(self) -> None:
        documented = gaps_frame.__doc__ or ""
        for column in gaps_frame(make_report("Rain fell.")):
            name = column.split("_")[-1] if column.endswith(("start", "end")) else column
            assert name in documented or column.startswith("p_")
