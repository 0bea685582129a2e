"""The records hold together, and their schema is the published one."""

from __future__ import annotations

import json
from importlib import resources

import pydantic
import pytest

import detector
from detector import Brief, Report, Statement


def test_records_are_frozen(report: Report) -> None:
    with pytest.raises(pydantic.ValidationError):
        report.statements[0].actor = "Graustark"  # type: ignore[misc]


def test_a_span_must_be_as_long_as_its_text() -> None:
    with pytest.raises(pydantic.ValidationError, match="does not fit 5 characters"):
        Statement(
            id="s1",
            actor=None,
            actor_text=None,
            text="peace",
            start=0,
            end=4,
            kind="call",
            score=0.5,
        )


@pytest.mark.parametrize("date", ["19 April 2017", "2017-4-19", "17-04-19", "2017-04-19T10:00"])
def test_a_date_must_be_iso(date: str) -> None:
    with pytest.raises(pydantic.ValidationError):
        Brief(id="b", text="t", date=date)


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(pydantic.ValidationError):
        Brief(id="b", text="t", author="me")  # type: ignore[call-arg]


def test_json_leaves_the_text_out_and_reads_back(report: Report) -> None:
    data = json.loads(report.to_json())
    assert "text" not in data
    assert data["gaps"][0]["statement"] == "s1"
    assert Report.model_validate(data).gaps == report.gaps


def test_a_report_finds_its_spans_by_id(report: Report) -> None:
    assert report.statement("s2").kind == "denial"
    assert report.action("a1").on_behalf_of == ("Ruritania",)
    with pytest.raises(KeyError):
        report.action("a9")


def test_only_gaps_over_the_threshold_are_flagged(report: Report) -> None:
    assert [gap.score for gap in report.flagged] == [0.91]


def test_the_published_schema_is_that_of_the_records() -> None:
    published = resources.files("detector").joinpath("schema", "report.json")
    assert json.loads(published.read_text("utf-8")) == Report.model_json_schema(
        mode="serialization"
    )


def test_the_package_exports_what_it_names() -> None:
    assert sorted(detector.__all__, key=str.casefold) == list(detector.__all__)
    for name in detector.__all__:
        assert getattr(detector, name).__name__ == name
