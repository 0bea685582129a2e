"""A file or stdin becomes a brief, or one line that says why it cannot."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from detector import Brief, InputError
from detector.read import describe, iso_date, read_brief

TEXT = "Ruritania called for calm.\r\nIts guns fired on.\n\n\tAnd on…\n"


def write(folder: Path, data: bytes, name: str = "brief.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def problem_with(source: Path | str) -> str:
    with pytest.raises(InputError) as raised:
        read_brief(source)
    message = str(raised.value)
    assert "\n" not in message
    return message


def test_text_is_kept_to_the_character(tmp_path: Path) -> None:
    brief = read_brief(write(tmp_path, TEXT.encode(), "hentz-12.md"))
    assert brief == Brief(id="hentz-12", text=TEXT)


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
)
def test_byte_order_mark_tells_the_encoding_and_is_no_text(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding in ("utf-8-sig", "utf-16") else "\ufeff"
    assert read_brief(write(tmp_path, (mark + TEXT).encode(encoding))).text == TEXT


def test_combining_and_right_to_left_characters_stay_as_they_are(tmp_path: Path) -> None:
    text = "Cafe\u0301 \u202bدعا الرئيس\u202c e\u0301"
    assert read_brief(write(tmp_path, text.encode())).text == text


def test_dash_reads_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert read_brief("-") == Brief(id="stdin", text=TEXT)


def test_path_that_does_not_exist_is_not_scored_as_text(tmp_path: Path) -> None:
    assert "none.txt: no such file; give" in problem_with(tmp_path / "none.txt")
    assert "no such file" in problem_with("Ruritania called for calm but shelled Hentz.")


def test_text_in_place_of_a_path_is_told_in_one_short_line() -> None:
    assert len(problem_with("Ruritania called for calm.\n" * 500)) < 400


def test_path_with_a_nul_or_none_at_all() -> None:
    assert "no path of a file" in problem_with("a\0b")
    assert "the path is empty" in problem_with("")


def test_folder(tmp_path: Path) -> None:
    assert f"{tmp_path}: a folder; give the path of one file" in problem_with(tmp_path)


def test_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    path = write(tmp_path, b"calm")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "brief.txt: permission denied; make the file readable" in problem_with(path)


@pytest.mark.parametrize(
    "data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", "\ufeff \n".encode("utf-16-le")]
)
def test_empty_or_white_space(tmp_path: Path, data: bytes) -> None:
    assert "brief.txt: empty, nothing to read; give" in problem_with(write(tmp_path, data))


@pytest.mark.parametrize(
    ("data", "at"),
    [
        ("Die Straße".encode("latin-1"), "byte 8 (0xDF) is not UTF-8"),
        (b"\xef\xbb\xbfab\xff", "byte 5 (0xFF) is not UTF-8"),
        ("\ufeffab".encode("utf-16-le") + b"\x00", "byte 6 (0x00) is not UTF-16-LE"),
    ],
)
def test_undecodable_bytes_are_told_with_their_offset(tmp_path: Path, data: bytes, at: str) -> None:
    message = problem_with(write(tmp_path, data))
    assert f"brief.txt: {at}; re-save it as UTF-8" in message


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"{\\rtf1\\ansi calm}", "an RTF document"),
        (b"PK\x03\x04\x14\x00\x06\x00", "a ZIP archive (docx"),
        (b"\x1f\x8b\x08\x00", "gzip-compressed"),
        (b"\x89PNG\r\n\x1a\n\x00", "a PNG image"),
        (b"\xff\xd8\xff\xe0\x00", "a JPEG image"),
        (b"RIFF\x00\x00WEBP", "a RIFF file"),
        (b"PAR1\x15\x00", "a Parquet table"),
    ],
)
def test_binary_file_is_told_by_its_kind(tmp_path: Path, data: bytes, kind: str) -> None:
    message = problem_with(write(tmp_path, data))
    assert f"brief.txt: {kind}" in message
    assert "convert it to text" in message


def test_binary_file_of_unknown_kind(tmp_path: Path) -> None:
    assert "binary (a NUL at byte 4)" in problem_with(write(tmp_path, b"calm\x00"))


def test_text_may_begin_as_a_binary_format_does(tmp_path: Path) -> None:
    assert read_brief(write(tmp_path, b"RIFF raff in PAR1s")).text == "RIFF raff in PAR1s"


PAGE = """\
<!doctype html><html><head><title>Shells on Hentz</title>
<meta property="og:site_name" content="Courier">
<meta property="article:published_time" content="2024-05-03T10:00:00Z"></head>
<body><nav><a href="/">Home</a> <a href="/world">World</a> <a href="/sport">Sport</a></nav>
<article><h1>Shells on Hentz</h1>
<p>Ruritania&#8217;s president called on all sides to lay down their arms, as the valley, he
said on Friday, needed talks and not tanks after a winter of shelling on both banks.</p>
<p>Two days later the Vale Guard, which Ruritania pays and arms, shelled the market of Hentz,
residents said, killing two and wounding at least a dozen who had come to buy seed.</p>
</article><footer>Imprint</footer></body></html>"""


@pytest.mark.parametrize("name", ["page.html", "page.HTM", "page.txt", "page"])
def test_of_a_web_page_the_main_text_is_read(tmp_path: Path, name: str) -> None:
    brief = read_brief(write(tmp_path, PAGE.encode(), name))
    assert "Ruritania’s president called on all sides" in brief.text
    assert "which Ruritania pays and arms, shelled the market" in brief.text
    assert "Sport" not in brief.text
    assert "<" not in brief.text
    assert (brief.title, brief.date, brief.source) == ("Shells on Hentz", "2024-05-03", "Courier")


@pytest.mark.parametrize("page", ["<html></html>", "<html><body><img src=x></body>", "\0<p"])
def test_web_page_without_text(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], page: str
) -> None:
    message = problem_with(write(tmp_path, page.encode(), "page.html"))
    assert "page.html: no text was found in the page; save its text" in message
    assert capfd.readouterr().err == ""


def pdf(text: str) -> bytes:
    """A PDF of one page that shows `text`, or nothing."""
    content = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode() if text else b""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
    ]
    data, places = b"%PDF-1.4\n", []
    for number, value in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj%b endobj\n" % (number, value)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"xref\n0 5\n0000000000 65535 f \n%btrailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n"
    return data + trailer % (table, len(data)) + b"%%EOF\n"


def test_of_a_pdf_the_text_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, pdf("Ruritania called for calm."), "note.pdf")
    assert read_brief(path) == Brief(id="note", text="Ruritania called for calm.")


def test_pdf_without_text(tmp_path: Path) -> None:
    message = problem_with(write(tmp_path, pdf(""), "scan.pdf"))
    assert "scan.pdf: the PDF holds no text (a scan?); run OCR" in message


@pytest.mark.parametrize("data", [b"%PDF-1.7\nall ASCII", pdf("calm")[:200], b"%PDF-"])
def test_damaged_pdf(tmp_path: Path, capfd: pytest.CaptureFixture[str], data: bytes) -> None:
    assert "note.pdf: damaged PDF (" in problem_with(write(tmp_path, data, "note.pdf"))
    assert capfd.readouterr().err == ""


def test_describe_adds_what_is_known() -> None:
    known = {"id": "b7", "title": "Calm", "date": "2024-02-29", "source": "Courier"}
    assert describe(Brief(id="a", text="t"), **known) == Brief(text="t", **known)


@pytest.mark.parametrize("date", ["2023-02-29", "2024-2-3", "03.05.2024", "soon", "2024-13", ""])
def test_date_must_be_one_of_the_calendar(date: str) -> None:
    with pytest.raises(InputError, match="write it as YYYY-MM-DD"):
        describe(Brief(id="a", text="t"), date=date)


def test_month_or_year_is_a_date_too() -> None:
    assert iso_date("2024-05") == "2024-05"
    assert iso_date("1999") == "1999"


def test_id_must_not_be_empty() -> None:
    with pytest.raises(InputError, match="the id is empty"):
        describe(Brief(id="a", text="t"), id=" ")
