"""Spelling differences that do not make another name: case, diacritics, quotes, spaces."""

from __future__ import annotations

import re
import unicodedata

_PLAIN_LETTERS: dict[int, int] = str.maketrans("øØłŁđĐıŧŦħĦ", "oOlLdDitThH")
_PLAIN_MARKS = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u02bb\u02bf\u02be\u00b4"), "'"),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-"),
    **dict.fromkeys(map(ord, "\n\t\u00a0\u2009\u202f\u2007"), " "),
}
# Marks and format characters that may stand within a name and do not change it.
_INVISIBLE = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\r]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_IN_KEYS = str.maketrans("-", " ", ".,'")


def _latin_table() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        parts = unicodedata.normalize("NFD", chr(code))
        if len(parts) > 1 and parts[0].isascii():
            table[code] = parts[0]
    return table


_PLAIN: dict[int, int | str] = {**_latin_table(), **_PLAIN_LETTERS, **_PLAIN_MARKS}


class Folded:
    """A text in plain letters, quotes, hyphens and spaces, that still knows its offsets.

    Case is kept. `text` is what is searched; `span` leads back to the text as it was read.
    """

    __slots__ = ("_offsets", "_original", "text")

    def __init__(self, original: str) -> None:
        self._original = original
        self._offsets: list[int] | None = None
        text = original
        if not original.isascii():
            text = _SURROGATE.sub("\ufffd", text)
        if _INVISIBLE.search(text):
            invisible = {match.start() for match in _INVISIBLE.finditer(text)}
            self._offsets = [i for i in range(len(text)) if i not in invisible]
            text = _INVISIBLE.sub("", text)
        self.text = text.translate(_PLAIN)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The code points of the original that `text[start:end]` came from."""
        if self._offsets is None:
            return start, end
        last = self._offsets[end - 1] + 1
        while last < len(self._original) and unicodedata.combining(self._original[last]):
            last += 1
        return self._offsets[start], last


def plain(form: str) -> str:
    """A name as `Folded.text` would hold it."""
    return form if form.isascii() and form.isprintable() else Folded(form).text


def key(name: str) -> str:
    """What two spellings of one name share: no case, diacritics, dots, hyphens or leading "the"."""
    folded = plain(name).casefold()
    if not folded.isalnum():
        folded = " ".join(folded.translate(_NOT_IN_KEYS).split())
    return folded.removeprefix("the ") or folded


def is_word(character: str) -> bool:
    """Whether a character continues a word: a letter, digit or mark of any script."""
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"
