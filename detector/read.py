"""A file or standard input to a brief.

Plain text is taken as it stands: offsets of all later stages refer to it, so line ends are not
translated and nothing is stripped but a byte-order mark.
"""

from __future__ import annotations

import codecs
import re
import sys
from datetime import date as calendar_date
from pathlib import Path

from detector import documents
from detector.errors import InputError
from detector.records import Brief
from detector.visible import STDIN, encodable, one_line, shown

# UTF-32's little-endian mark begins with UTF-16's, so it is tried first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Kinds whose files can pass for text, and kinds that are asked for only once bytes are known
# not to be text (a brief may well begin with "RIFF").
_NEVER_TEXT = ((documents.PDF_MAGIC, "a PDF"), (b"{\\rtf", "an RTF document"))
_BINARY = (
    (b"PK\x03\x04", "a ZIP archive (docx, odt and epub are ones)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (doc, xls, ppt)"),
    (b"\x1f\x8b", "gzip-compressed"),
    (b"BZh", "bzip2-compressed"),
    (b"\xfd7zXZ", "xz-compressed"),
    (b"\x28\xb5\x2f\xfd", "Zstandard-compressed"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet table"),
    (b"\x7fELF", "a program"),
)


_TABLES = frozenset({".jsonl", ".ndjson", ".csv", ".tsv", ".parquet"})


def read_brief(source: str | Path) -> Brief:
    """The brief in the file `source`, or on standard input for "-".

    Plain text and Markdown are taken as they are, in UTF-8 or, with a byte-order mark, in
    UTF-16 or UTF-32. Of a web page the main text is taken, with its title and date; of a PDF
    the text layer. The brief's id is the file's name without suffix, "stdin" for "-".

    Raises `InputError` for a path that cannot be read and for what is no text or holds none.
    """
    data = _bytes(source)
    name = shown(source)
    if Path(source).suffix.lower() in _TABLES:
        raise InputError(f"{name}: a table of many texts; give one text a file")
    if documents.is_pdf(data):
        document = documents.read_pdf(data, name)
    elif documents.is_html(data, Path(source).suffix):
        document = documents.read_html(data, name)
    else:
        document = documents.Document(_decoded(data, name))
    if not document.text.strip():
        raise InputError(f"{name}: empty, nothing to read; give a file that holds text")
    return Brief(id=_id(source), **document._asdict())


def read_text(source: str | Path) -> str:
    """The decoded text of a plain-text file, or of standard input for "-"; see `read_brief`."""
    return _decoded(_bytes(source), shown(source))


def describe(
    brief: Brief,
    *,
    id: str | None = None,
    title: str | None = None,
    date: str | None = None,
    source: str | None = None,
) -> Brief:
    """`brief` with what else is known of it; `InputError` for an empty id or no real date."""
    if id is not None and not id.strip():
        raise InputError("the id is empty; give one, or leave it out")
    known = {
        "id": id,
        "title": title,
        "date": None if date is None else iso_date(date),
        "source": source,
    }
    changes = {name: encodable(value) for name, value in known.items() if value is not None}
    return brief.model_copy(update=changes)


def iso_date(text: str) -> str:
    """`text` if it is a day of the calendar as YYYY-MM-DD, or its month or year.

    Raises `InputError` otherwise.
    """
    if re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", text):
        try:
            calendar_date.fromisoformat((text + "-01-01")[:10])
        except ValueError:
            pass
        else:
            return text
    raise InputError(f"{one_line(text, 40)!r} is no date; write it as YYYY-MM-DD")


def _decoded(data: bytes, name: str) -> str:
    for magic, kind in _NEVER_TEXT:
        if data.startswith(magic):
            raise InputError(f"{name}: {kind}; convert it to text")
    mark, encoding = next(((m, e) for m, e in _MARKS if data.startswith(m)), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        _refuse_binary(data, name)
        at = len(mark) + error.start
        raise InputError(
            f"{name}: byte {at} (0x{data[at]:02X}) is not {encoding.upper()}; re-save it as UTF-8"
        ) from None
    if "\0" in text:
        _refuse_binary(data, name)
        raise InputError(
            f"{name}: binary (a NUL at byte {data.index(0)});"
            " convert it to text, or re-save it as UTF-8"
        )
    return text


def _bytes(source: str | Path) -> bytes:
    if source == STDIN:
        return sys.stdin.buffer.read()
    if source == "":
        raise InputError("the path is empty; give the path of a text file, or - for stdin")
    try:
        return Path(source).read_bytes()
    except FileNotFoundError:
        problem = "no such file; give the path of a text file, or - to read from stdin"
    except IsADirectoryError:
        problem = "a folder; give the path of one file in it"
    except PermissionError:
        # Windows answers so for folders, too.
        folder = Path(source).is_dir()
        problem = (
            "a folder; give the path of one file in it"
            if folder
            else "permission denied; make the file readable, or give another"
        )
    except OSError as error:
        problem = f"cannot be read ({error.strerror}); give the path of a text file"
    except ValueError:
        problem = "no path of a file; give the path of a text file"
    raise InputError(f"{shown(source)}: {problem}")


def _refuse_binary(data: bytes, name: str) -> None:
    """Raises `InputError` that names the kind of file if `data` begins as a known one does."""
    for magic, kind in _BINARY:
        if data.startswith(magic):
            raise InputError(f"{name}: {kind}, not text; convert it to text")


def _id(source: str | Path) -> str:
    return "stdin" if source == STDIN else encodable(Path(source).stem)
