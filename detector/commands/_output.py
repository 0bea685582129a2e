"""Where results go: JSON to standard output, files all at once or not at all."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from detector.errors import InputError
from detector.visible import shown


def print_json(value: Any) -> None:
    """Prints `value` as indented JSON in UTF-8 (RFC 8259), whatever the locale."""
    line = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    sys.stdout.flush()
    sys.stdout.buffer.write(line.encode())
    sys.stdout.buffer.flush()


def note(message: str) -> None:
    """Tells the user something that is no result."""
    print(message, file=sys.stderr)


def check_target(path: Path) -> None:
    """Raises `InputError` if `path` plainly cannot be written, before any work is done."""
    folder = path.parent
    if path.is_dir():
        raise InputError(f"{shown(path)}: a folder; give the name of a file to write")
    if not folder.is_dir():
        raise InputError(f"{shown(path)}: its folder does not exist; create it, or name another")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise InputError(f"{shown(path)}: cannot be written; give a place where you may write")


def write_file(path: Path, text: str) -> None:
    """Writes `text` to `path` in UTF-8; whatever happens, no half-written file is left there.

    Raises `InputError` if it cannot be written.
    """
    check_target(path)
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():  # a device or a pipe: nothing to replace
            target.write_text(text, encoding="utf-8", newline="")
            return
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            draft.write_text(text, encoding="utf-8", newline="")
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"{shown(path)}: cannot be written ({error.strerror}); name another file"
        ) from None
