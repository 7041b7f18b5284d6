"""Text of hostile code made harmless before any report is written from it.

What commands a terminal is taken out, what can't be seen is shown, and what no file can hold (half
characters, what XML forbids) is replaced. Each format still escapes what is special in itself.
"""

from __future__ import annotations

import dataclasses
import enum
import re
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from dojo.grading.codec import hints

T = TypeVar("T")

# Colours and cursor movements, titles and links of terminals, other two-character commands.
ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[PX^_][^\x1b]*\x1b\\"
    r"|\x1b[ -/]*[0-OQ-WYZ\\`-~]"
)
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
SHOWN: dict[int, str] = {
    # Control characters have pictures of their own: U+2400 and following.
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"},
    0x7F: "\N{SYMBOL FOR DELETE}",
    **dict.fromkeys(range(0x80, 0xA0), UNKNOWN),
    **dict.fromkeys(range(0xD800, 0xE000), UNKNOWN),
    **dict.fromkeys((0xFFFE, 0xFFFF), UNKNOWN),
    # What turns the direction of text round makes a line read as something else.
    **{code: f"\\u{code:04x}" for code in (0x200E, 0x200F, 0x061C)},
    **{code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))},
}


UNSAFE = re.compile(f"[{''.join(map(re.escape, map(chr, SHOWN)))}]")


def clean(text: str) -> str:
    """Return *text* without commands to a terminal, with all else that is invisible shown."""
    if text.isascii() and text.isprintable():
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "\x1b" in text or "\x9b" in text:
        text = ESCAPES.sub("", text)
    return UNSAFE.sub(lambda found: SHOWN[ord(found[0])], text)


def cleaned(mark: T) -> T:
    """Return *mark*, a dataclass of `dojo.grading.model`, with every text in it clean."""
    value: Any = mark
    if isinstance(value, str):
        value = value if isinstance(value, enum.Enum) else clean(value)
    elif isinstance(value, tuple):
        value = tuple(map(cleaned, value))
    elif isinstance(value, Mapping):
        value = {clean(key): cleaned(each) for key, each in value.items()}
    elif dataclasses.is_dataclass(value):
        kind: type[Any] = type(mark)
        value = kind(**{name: cleaned(getattr(value, name)) for name in hints(kind)})
    return cast(T, value)


def one_line(text: str) -> str:
    """Return *text* with every run of white space as one space."""
    return " ".join(text.split())


def cut(text: str, limit: int) -> str:
    """Return the beginning of *text* that is no longer than *limit* bytes, and says what it lacks.

    Bytes, because they are never fewer than characters, whatever a platform counts.
    """
    raw = text.encode()
    if len(raw) <= limit:
        return text
    ending = f"\n… cut: {len(raw)} bytes in all"
    room = limit - len(ending.encode())
    return raw[:room].decode(errors="ignore") + ending if room > 0 else ""
