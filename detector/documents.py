"""The text of a web page or a PDF, through the libraries that know them."""

from __future__ import annotations

import io
import logging
from typing import NamedTuple

from detector.errors import InputError
from detector.visible import encodable, one_line

PDF_MAGIC = b"%PDF-"
_HTML_STARTS = (b"<!doctype html", b"<html")
_HTML_SUFFIXES = (".html", ".htm", ".xhtml")
_UTF8_MARK = b"\xef\xbb\xbf"


class Document(NamedTuple):
    """A document's main text, and what it says of itself."""

    text: str
    title: str | None = None
    date: str | None = None
    source: str | None = None


def is_pdf(data: bytes) -> bool:
    """Whether the bytes are those of a PDF."""
    return data.startswith(PDF_MAGIC)


def is_html(data: bytes, suffix: str) -> bool:
    """Whether a file with these bytes and this suffix is a web page."""
    start = data[:100].removeprefix(_UTF8_MARK).lstrip().lower()
    return suffix.lower() in _HTML_SUFFIXES or start.startswith(_HTML_STARTS)


def read_html(data: bytes, name: str) -> Document:
    """The article that a page holds, without menus and comments, by trafilatura.

    Barbaresi, "Trafilatura: A Web Scraping Library and Command-Line Tool for Text Discovery
    and Extraction", ACL 2021. `name` is the file's in errors; raises `InputError` if the page
    holds no text.
    """
    _hush("trafilatura", "htmldate", "courlan", "justext")
    from trafilatura import bare_extraction

    page = bare_extraction(data, include_comments=False, with_metadata=True)
    text = _clean(getattr(page, "text", None))
    if not text:
        raise InputError(f"{name}: no text was found in the page; save its text as a .txt file")
    return Document(
        text=text,
        title=_clean(getattr(page, "title", None)) or None,
        date=getattr(page, "date", None) or None,
        source=_clean(getattr(page, "sitename", None)) or None,
    )


def read_pdf(data: bytes, name: str) -> Document:
    """The text layer of a PDF, a blank line between pages, by pypdf.

    `name` is the file's in errors; raises `InputError` if the file is damaged, locked with a
    password or holds no text.
    """
    _hush("pypdf")
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    try:
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    except DependencyError:
        raise InputError(f"{name}: the PDF is encrypted; save it without protection") from None
    except FileNotDecryptedError:
        raise InputError(f"{name}: the PDF is locked; save it without its password") from None
    except Exception as error:  # a damaged file can break pypdf anywhere
        reason = one_line(str(error), 100) or type(error).__name__
        raise InputError(f"{name}: damaged PDF ({reason}); save its text as .txt") from None
    text = _clean("\n\n".join(pages))
    if not text:
        raise InputError(f"{name}: the PDF holds no text (a scan?); run OCR on it first")
    return Document(text)


def _clean(text: str | None) -> str:
    return encodable(text or "").replace("\0", "\N{REPLACEMENT CHARACTER}").strip()


def _hush(*libraries: str) -> None:
    # What they have to say of bad mark-up would reach stderr, where one line is promised.
    for library in libraries:
        logging.getLogger(library).addHandler(logging.NullHandler())
