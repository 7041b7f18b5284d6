"""Hostile text becomes harmless, and an honest one stays as it is."""

import pytest

from dojo.reports.clean import clean, cut


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fetch('Zürich') → 漢字 🐍\n\tindented", "fetch('Zürich') → 漢字 🐍\n\tindented"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07text\x1b]8;;http://x\x1b\\link", "textlink"),
        ("\x1bPdevice\x1b\\text\x1bc", "text"),
        ("\x1b]never ended", "␛]never ended"),
        ("a\x00b\x07c\x7fd\x08", "a␀b␇c␡d␈"),
        ("one\r\ntwo\rthree", "one\ntwo␍three"),
        ("half \ud83d \udc80", "half \N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER}"),
        ("\ufffe\uffff\x85", "\N{REPLACEMENT CHARACTER}" * 3),
        ("\u202etxt.exe\u2066", "\\u202etxt.exe\\u2066"),
    ],
)
def test_what_becomes_of_text(text: str, expected: str) -> None:
    """Commands go, what is invisible shows, what no file holds is replaced."""
    assert clean(text) == expected
    assert clean(expected) == expected


def test_a_cut_text_says_so_and_ends_on_a_whole_character() -> None:
    """It never exceeds its limit, down to nothing."""
    text = "\N{SNAKE}" * 100

    assert cut(text, 400) == text
    assert cut(text, 399) == "\N{SNAKE}" * 93 + "\n… cut: 400 bytes in all"
    assert all(len(cut(text, limit).encode()) <= limit for limit in range(60))
