"""Makes text safe to show: what would steer a terminal or reorder a line becomes visible."""

from __future__ import annotations

from pathlib import Path

STDIN = "-"

_ESC_PICTURE = 0x2400  # U+2400…U+241F picture the C0 controls in order
_DELETE_PICTURE = 0x2421
_C0 = {code: chr(_ESC_PICTURE + code) for code in range(0x20) if chr(code) not in "\t\n"}
# C1 controls, line and paragraph separators, and the bidirectional embeddings, overrides and
# isolates (Boucher & Anderson, "Trojan Source", 2021). The plain marks (U+200E, U+200F,
# U+061C) stay: right-to-left prose needs them, and they reorder nothing outside it.
_NAMED = [*range(0x80, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_PICTURES = _C0 | {0x7F: chr(_DELETE_PICTURE)} | {code: f"⟨U+{code:04X}⟩" for code in _NAMED}
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")
_TABLE = _PICTURES | _SURROGATES


def visible(text: str) -> str:
    """`text` with control characters replaced by pictures; tabs and newlines stay.

    A carriage return before a newline is dropped, as every viewer does.
    """
    return text.replace("\r\n", "\n").translate(_TABLE)


def encodable(text: str) -> str:
    """`text` with lone surrogates replaced by U+FFFD.

    A path or an argument that is not valid UTF-8 reaches Python with such surrogates, which
    neither JSON nor the records can hold.
    """
    return text.translate(_SURROGATES)


def one_line(text: str, limit: int | None = None) -> str:
    """`visible(text)` with white space collapsed, cut in the middle beyond `limit` characters."""
    line = " ".join(visible(text).split())
    if limit is not None and len(line) > limit:
        half = (limit - 1) // 2
        line = f"{line[:half]}…{line[-half:]}"
    return line


def shown(source: str | Path) -> str:
    """The name of an input as messages give it: one line, of bearable length."""
    return "stdin" if source == STDIN else one_line(str(source), 200) or "''"
