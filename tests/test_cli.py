"""The commands as a user runs them: what they print, where, and what they exit with."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import TEXT

from detector import Detector, Report, __version__
from detector.cli import COMMANDS, main
from detector.models import folder

PAIR = {
    "statement": "Ruritania called on all sides to lay down their arms.",
    "action": "Ruritanian jets bombed the market of Hentz.",
    "statement_actor": "Ruritania",
    "action_actor": "Ruritania",
}


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def problem(self) -> str:
        """The one line that a failed run leaves."""
        assert self.code == 2
        assert self.out == ""
        assert self.err.startswith("detector: ")
        assert self.err.count("\n") == 1
        assert self.err.endswith("\n")
        return self.err


class Runner:
    def __init__(self, capfd: pytest.CaptureFixture[str], folder: Path) -> None:
        self._capfd = capfd
        self.folder = folder

    def __call__(self, *arguments: str | Path) -> Ran:
        self._capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        return Ran(code, *self._capfd.readouterr())

    def file(self, content: str | bytes, name: str = "brief.txt") -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Runner:
    return Runner(capfd, tmp_path)


def python(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | settings,
        check=False,
    )


def assert_spans_are_slices(report: Report, text: str) -> None:
    for span in (*report.statements, *report.actions):
        assert text[span.start : span.end] == span.text


class TestUsage:
    def test_help_costs_no_heavy_import(self) -> None:
        heavy = {"numpy", "onnxruntime", "torch", "transformers", "pandas", "pydantic", "rich"}
        ran = python("-X", "importtime", "-m", "detector", "--help")
        imported = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
        assert ran.returncode == 0
        assert "detector.cli" in imported
        assert not heavy & imported

    @pytest.mark.parametrize("command", COMMANDS)
    def test_each_command_explains_itself_with_examples(self, run: Runner, command: str) -> None:
        ran = run(command, "--help")
        assert ran.code == 0
        assert f"examples:\n  detector {command}" in ran.out

    def test_version(self, run: Runner) -> None:
        assert run("--version") == Ran(0, f"detector {__version__}\n", "")

    def test_no_command(self, run: Runner) -> None:
        assert "see `detector --help`" in run().problem

    def test_unknown_command(self, run: Runner) -> None:
        assert "invalid choice: 'scor'" in run("scor", "brief.txt").problem

    @pytest.mark.parametrize("option", ["--thresh", "--jsn"])
    def test_unknown_or_shortened_option(self, run: Runner, option: str) -> None:
        assert option in run("score", "brief.txt", option, "0.5").problem

    def test_missing_input(self, run: Runner) -> None:
        assert "INPUT; see `detector score --help`" in run("score").problem

    def test_json_and_html_exclude_each_other(self, run: Runner) -> None:
        assert "not allowed with" in run("score", "a", "--json", "--html", "b").problem

    @pytest.mark.parametrize("value", ["-0.1", "1.01", "nan", "inf", "half", "1e9", ""])
    @pytest.mark.parametrize("command", ["score", "compare"])
    def test_threshold_outside_its_range(self, run: Runner, command: str, value: str) -> None:
        problem = run(command, run.file(TEXT), f"--threshold={value}").problem
        assert f"--threshold takes a number from 0 to 1, not '{value}'" in problem

    def test_unexpected_error_is_one_line_too(
        self, run: Runner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise RuntimeError("first\nsecond")

        monkeypatch.setattr(Detector, "load", fail)
        problem = run("score", run.file(TEXT)).problem
        assert "unexpected RuntimeError: first second; run with --debug" in problem
        assert "Traceback" in run("score", run.file(TEXT), "--debug").err
        assert "Traceback" in run("--debug", "score", run.file(TEXT)).err

    def test_interruption(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(Detector, "load", interrupt)
        assert run("score", run.file(TEXT)) == Ran(130, "", "")

    @pytest.mark.parametrize("options", [[], ["--json"]])
    def test_reader_that_goes_away_is_no_error(self, options: list[str]) -> None:
        read, write = os.pipe()
        os.close(read)
        ran = subprocess.run(
            [sys.executable, "-m", "detector", "actors", "Iran", *options],
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        os.close(write)
        assert (ran.returncode, ran.stderr) == (141, "")

    def test_output_that_cannot_be_written_is_told(self) -> None:
        with open("/dev/full", "w") as full:
            ran = subprocess.run(
                [sys.executable, "-m", "detector", "actors", "Iran", "--json"],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert ran.returncode == 2
        assert ran.stderr.startswith("detector: unexpected OSError")
        assert ran.stderr.count("\n") == 1


class TestBadInput:
    @pytest.mark.parametrize("command", ["score", "extract", "compare"])
    def test_path_that_does_not_exist(self, run: Runner, command: str) -> None:
        assert "none.txt: no such file; give" in run(command, run.folder / "none.txt").problem

    def test_text_in_place_of_a_path(self, run: Runner) -> None:
        assert "no such file" in run("score", "Ruritania called for calm.\nIt fired.").problem

    @pytest.mark.parametrize("command", ["score", "extract", "compare"])
    def test_folder(self, run: Runner, command: str) -> None:
        assert f"{run.folder}: a folder; give" in run(command, run.folder).problem

    @pytest.mark.parametrize("content", ["", " \n\t\r\n"])
    @pytest.mark.parametrize("command", ["score", "extract"])
    def test_empty_file(self, run: Runner, command: str, content: str) -> None:
        assert "brief.txt: empty, nothing to read; give" in run(command, run.file(content)).problem

    def test_binary_file(self, run: Runner) -> None:
        problem = run("score", run.file(b"PK\x03\x04\x00\x00", "brief.docx")).problem
        assert "brief.docx: a ZIP archive" in problem
        assert "convert it to text" in problem

    def test_undecodable_bytes(self, run: Runner) -> None:
        problem = run("score", run.file("Die Straße".encode("latin-1"))).problem
        assert "brief.txt: byte 8 (0xDF) is not UTF-8; re-save it as UTF-8" in problem

    def test_date_that_is_none(self, run: Runner) -> None:
        problem = run("score", run.file(TEXT), "--date", "2023-02-30").problem
        assert "'2023-02-30' is no date; write it as YYYY-MM-DD" in problem

    def test_name_of_a_file_cannot_steer_the_terminal(self, run: Runner) -> None:
        assert "␛[31m.txt" in run("score", run.folder / "\x1b[31m.txt").problem

    @pytest.mark.parametrize(
        ("target", "problem"),
        [("", "a folder; give the name of a file"), ("no/x.html", "its folder does not exist")],
    )
    def test_html_target_that_cannot_be_written(
        self, run: Runner, target: str, problem: str
    ) -> None:
        path = run.file(TEXT)
        assert problem in run("score", path, "--html", run.folder / target).problem

    def test_actor_file_that_is_broken(self, run: Runner) -> None:
        table = run.file("name,kind\nRedland,planet\n", "mine.csv")
        problem = run("score", run.file(TEXT), "--actors", table).problem
        assert "mine.csv, line 2" in problem


class TestBadModel:
    def test_missing(self, run: Runner) -> None:
        problem = run("score", run.file(TEXT), "--nli-model", run.folder / "none").problem
        assert f"{run.folder / 'none'}" in problem

    def test_truncated(self, run: Runner) -> None:
        model = run.folder / "cut"
        shutil.copytree(folder("nli"), model)
        whole = (model / "model.onnx").read_bytes()
        (model / "model.onnx").write_bytes(whole[: len(whole) // 2])
        assert f"{model}" in run("score", run.file(TEXT), "--nli-model", model).problem

    def test_of_another_architecture(self, run: Runner) -> None:
        problem = run("score", run.file(TEXT), "--nli-model", folder("encoder")).problem
        assert f"{folder('encoder')}" in problem

    def test_folder_that_holds_no_model(self, run: Runner) -> None:
        (run.folder / "config.json").write_text("{}")
        assert f"{run.folder}" in run("score", run.file(TEXT), "--nli-model", run.folder).problem

    def test_encoder_that_is_missing(self, run: Runner) -> None:
        problem = run("score", run.file(TEXT), "--encoder", run.folder / "none").problem
        assert f"{run.folder / 'none'}" in problem


class TestScore:
    def test_json_is_the_report(self, run: Runner, detector: Detector) -> None:
        ran = run("score", run.file(TEXT), "--json", "--id", "b1", "--date", "2024-05-03")
        report = Report.model_validate_json(ran.out)
        assert ran.code == 0
        assert ran.err == ""
        assert report.brief.model_dump() == {
            "id": "b1",
            "title": None,
            "date": "2024-05-03",
            "source": None,
        }
        assert report.model == detector.info
        assert_spans_are_slices(report, TEXT)

    def test_reads_stdin(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
        assert json.loads(run("score", "-", "--json").out)["brief"]["id"] == "stdin"

    def test_same_input_same_bytes(self, run: Runner) -> None:
        path = run.file(TEXT)
        assert run("score", path, "--json") == run("score", path, "--json")

    def test_default_view_is_plain_off_a_terminal(self, run: Runner) -> None:
        ran = run("score", run.file(TEXT), "--title", "Shells on Hentz")
        assert ran.code == 0
        assert ran.out.startswith("Shells on Hentz\n")
        assert "[s1 " in ran.out
        assert "\x1b" not in ran.out
        assert ran.err == ""

    def test_utf_16_is_read(self, run: Runner) -> None:
        plain = run("score", run.file(TEXT), "--json")
        assert run("score", run.file(TEXT.encode("utf-16")), "--json") == plain

    def test_json_is_utf_8_whatever_the_locale(self, run: Runner) -> None:
        path = run.file(TEXT)
        ran = python("-m", "detector", "score", str(path), "--json", PYTHONIOENCODING="ascii")
        assert "“the valley needs talks" in ran.stdout or Report.model_validate_json(ran.stdout)
        shown = python("-m", "detector", "score", str(path), PYTHONIOENCODING="ascii")
        assert shown.returncode == 0

    def test_html_is_written_whole_and_nothing_else(self, run: Runner) -> None:
        target = run.folder / "out" / "report.html"
        target.parent.mkdir()
        target.write_text("old")
        ran = run("score", run.file(TEXT), "--html", target)
        assert ran.code == 0
        assert ran.out == ""
        assert target.read_text("utf-8").startswith("<!DOCTYPE html>")
        assert list(target.parent.iterdir()) == [target]

    def test_threshold_decides_what_is_flagged(self, run: Runner) -> None:
        path = run.file(TEXT)
        low = Report.model_validate_json(run("score", path, "--json", "--threshold", "0").out)
        high = Report.model_validate_json(run("score", path, "--json", "--threshold", "1").out)
        assert len(low.flagged) == len(low.gaps)
        assert len(high.flagged) <= len(low.flagged)
        assert low.model.threshold == 0.0

    def test_fail_on_gap_exits_with_1_only_if_one_is_flagged(self, run: Runner) -> None:
        text = (
            "Ruritania called on all sides to observe the ceasefire. "
            "The next day Ruritania's army shelled the market of Hentz."
        )
        path = run.file(text)
        assert run("score", path, "--fail-on-gap", "--threshold", "0").code == 1
        assert run("score", path, "--threshold", "0").code == 0
        assert run("score", run.file("Rain is wet."), "--fail-on-gap").code == 0

    def test_all_pairs_adds_those_that_are_no_contradiction(self, run: Runner) -> None:
        path = run.file(TEXT)
        some = Report.model_validate_json(run("score", path, "--json").out)
        every = Report.model_validate_json(run("score", path, "--json", "--all-pairs").out)
        assert {gap.verdict for gap in some.gaps} <= {"contradicts"}
        assert set(map(repr, some.gaps)) <= set(map(repr, every.gaps))
        assert len(every.gaps) >= len(some.gaps)
        assert every.actions

    def test_brief_with_nothing_in_it_is_a_valid_report(self, run: Runner) -> None:
        path = run.file("The sky over the valley is blue, and the river is wide.")
        report = Report.model_validate_json(run("score", path, "--json").out)
        assert (report.statements, report.actions, report.gaps) == ((), (), ())
        ran = run("score", path)
        assert ran.code == 0
        assert "No statement and no action was found." in ran.out

    def test_sentence_of_100_000_characters(self, run: Runner) -> None:
        text = ("Ruritania called for calm and its guns fired on Hentz, and " * 1700)[:100_000]
        ran = run("score", run.file(text), "--json")
        assert ran.code == 0
        assert_spans_are_slices(Report.model_validate_json(ran.out), text)

    def test_a_hundred_kilobytes(self, run: Runner) -> None:
        text = (TEXT + "\n") * (100_000 // len(TEXT))
        ran = run("score", run.file(text), "--json")
        assert ran.code == 0
        assert_spans_are_slices(Report.model_validate_json(ran.out), text)

    @pytest.mark.parametrize(
        "odd",
        [
            "\x01\x1b[31m\x07\x7f\x85",
            "\u202eدعا الرئيس إلى الهدنة\u202c",
            "e\u0301a\u0308o\u0302\u0323 क्षि",
            "👩‍👩‍👧‍👦🇺🇳",
            "\ufeff\u200b\u00ad",
            "\r\n\u2028\x0b\x0c",
        ],
    )
    def test_odd_characters_leave_offsets_right(self, run: Runner, odd: str) -> None:
        text = f"Hentz, {odd} {TEXT}{odd}{TEXT.replace(' ', f' {odd} ', 3)}"
        report = Report.model_validate_json(run("score", run.file(text), "--json").out)
        assert report.statements
        assert report.actions
        assert_spans_are_slices(report, text)

    def test_right_to_left_brief(self, run: Runner) -> None:
        text = "دعا الرئيس جميع الأطراف إلى وقف إطلاق النار. ثم قصف جيشه السوق."
        ran = run("score", run.file(text), "--json")
        assert ran.code == 0
        assert_spans_are_slices(Report.model_validate_json(ran.out), text)


class TestExtract:
    def test_json_gives_the_spans_that_score_gives(self, run: Runner) -> None:
        path = run.file(TEXT)
        spans = json.loads(run("extract", path, "--json").out)
        report = json.loads(run("score", path, "--json").out)
        assert spans["schema_version"] == 1
        for part in ("brief", "statements", "actions"):
            assert spans[part] == report[part]

    def test_view_lists_each_span(self, run: Runner) -> None:
        path = run.file(TEXT)
        spans = json.loads(run("extract", path, "--json").out)
        shown = run("extract", path).out
        for span in (*spans["statements"], *spans["actions"]):
            assert f"     {span['id']}  " in shown


class TestCompare:
    def test_verdicts_come_in_the_order_of_the_lines(self, run: Runner, detector: Detector) -> None:
        other = PAIR | {"action": "Graustark sold grain.", "action_actor": "Graustark"}
        lines = "\n".join(json.dumps(pair) for pair in (PAIR, other, PAIR))
        result = json.loads(run("compare", run.file(lines), "--json").out)
        assert result["schema_version"] == 1
        assert result["model"] == detector.info.model_dump()
        actions = [verdict["action"] for verdict in result["verdicts"]]
        assert actions == [PAIR["action"], other["action"], PAIR["action"]]
        assert result["verdicts"][0] == result["verdicts"][2]
        assert set(result["verdicts"][0]) >= {"verdict", "score", "flagged", "probabilities"}

    def test_options_give_the_same_verdict_as_a_line(self, run: Runner) -> None:
        options = [f"--{name.replace('_', '-')}={value}" for name, value in PAIR.items()]
        line = run("compare", run.file(json.dumps(PAIR)), "--json")
        assert run("compare", *options, "--json") == line

    def test_on_behalf_of_may_be_given_several_times(self, run: Runner) -> None:
        patrons = ["--on-behalf-of", "Ruritania", "--on-behalf-of", "Strelsau"]
        ran = run("compare", "--statement", "S.", "--action", "A.", *patrons)
        assert "unnamed actor, for Ruritania, Strelsau: “A.”" in ran.out

    def test_reads_stdin(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        lines = io.BytesIO(json.dumps(PAIR).encode())
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(lines))
        assert len(json.loads(run("compare", "-", "--json").out)["verdicts"]) == 1

    def test_view_shows_verdict_and_quotes(self, run: Runner) -> None:
        ran = run("compare", run.file(json.dumps(PAIR)))
        assert ran.code == 0
        assert f"says  Ruritania: “{PAIR['statement']}”" in ran.out

    @pytest.mark.parametrize(
        ("line", "problem"),
        [
            ("{", "not JSON"),
            ("[" * 100_000, "not JSON"),
            ("[1]", "no JSON object; write one object a line"),
            ('{"statement": "S"}', "action is missing, empty or no text"),
            ('{"statement": "S", "action": " "}', "action is missing, empty or no text"),
            ('{"statement": 1, "action": "A"}', "statement is missing, empty or no text"),
            ('{"statement": "S", "action": "A", "actor": "R"}', "unknown field actor"),
            ('{"statement": "S", "action": "A", "action_date": "soon"}', "'soon' is no date"),
            ('{"statement": "S", "action": "A", "on_behalf_of": [1]}', "on_behalf_of: "),
            ('{"statement": "\\ud800", "action": "A"}', "statement: "),
        ],
    )
    def test_broken_line_is_told_by_its_number(self, run: Runner, line: str, problem: str) -> None:
        path = run.file(f"{json.dumps(PAIR)}\n\n{line}\n", "pairs.jsonl")
        assert f"pairs.jsonl, line 3: {problem}" in run("compare", path).problem

    def test_further_broken_lines_are_numbered(self, run: Runner) -> None:
        path = run.file("{\n" * 3)
        assert "line 1: not JSON" in run("compare", path).problem
        assert "(broken as well: lines 2, 3)" in run("compare", path).problem

    def test_file_without_a_pair(self, run: Runner) -> None:
        assert "brief.txt: holds no pair; give one" in run("compare", run.file("\n")).problem

    @pytest.mark.parametrize(
        "arguments",
        [(), ("--statement", "S"), ("--action", "A"), ("--statement", "", "--action", "")],
    )
    def test_half_a_pair(self, run: Runner, arguments: tuple[str, ...]) -> None:
        assert "give PAIRS.jsonl, or both" in run("compare", *arguments).problem

    def test_file_and_pair_at_once(self, run: Runner) -> None:
        assert "not both" in run("compare", "pairs.jsonl", "--statement", "S").problem


class TestActors:
    def test_shows_names_patrons_and_source(self, run: Runner) -> None:
        ran = run("actors", "hizbullah")
        assert ran.code == 0
        assert ran.out.startswith("Hezbollah  armed_group\n")
        assert "\nPatrons\n     Iran  " in ran.out

    def test_shows_whom_it_stands_behind(self, run: Runner) -> None:
        shown = run("actors", "Tehran").out
        assert shown.startswith("Iran  country\n")
        assert "     Hezbollah  " in shown.partition("Is patron of")[2]

    def test_date_leaves_ties_that_held_then(self, run: Runner) -> None:
        table = run.file(
            "name,kind,patron,tie,since,until,source\n"
            "Redland,country,,,,,\n"
            "Red Guards,armed_group,Redland,arms,2019,2023-06,Report 7\n",
            "mine.csv",
        )
        known = run("actors", "Red Guards", "--actors", table, "--date", "2020-01-01", "--json")
        later = run("actors", "Red Guards", "--actors", table, "--date", "2024", "--json")
        assert json.loads(known.out)["actor"]["ties"] == [
            {
                "patron": "Redland",
                "tie": "arms",
                "since": "2019",
                "until": "2023-06",
                "source": "Report 7",
            }
        ]
        assert json.loads(later.out)["actor"]["ties"] == []
        clients = json.loads(run("actors", "Redland", "--actors", table, "--json").out)
        assert [tie["actor"] for tie in clients["actor"]["patron_of"]] == ["Red Guards"]

    def test_unknown_name_gives_close_ones(self, run: Runner) -> None:
        problem = run("actors", "Hezbolah").problem
        assert "no actor is known as 'Hezbolah'; close matches: Hezbollah" in problem

    def test_name_like_none(self, run: Runner) -> None:
        assert "add it with --actors FILE" in run("actors", "Xqzvw").problem


class TestModels:
    def test_lists_what_is_embedded(self, run: Runner) -> None:
        models = json.loads(run("models", "--json").out)["models"]
        assert [model["role"] for model in models] == ["nli", "encoder", "spans"]
        for model in models:
            assert model["size"] == sum(model["files"].values()) > 1_000_000
            assert model["name"]
            assert model["licence"]

    def test_view_names_each(self, run: Runner) -> None:
        shown = run("models").out
        for role in ("nli", "encoder", "spans"):
            assert f"{role}  " in shown
