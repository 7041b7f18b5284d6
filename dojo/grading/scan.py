"""Words in a submission's source that no answer needs: a reason to look, and no verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from dojo import reset
from dojo.model import DojoError, Kata

# By expressions and line by line: to parse a hostile file can bring down whoever parses it.
MODULES = "_pytest|builtins|ctypes|dojo|gc|pytest|subprocess|unittest"
SIGNS = re.compile(
    rf"^\s*(?:import|from)\s+(?P<module>{MODULES})\b"
    r"|\b(?P<name>_exit|_getframe|settrace|setprofile|DJANGO_ALLOW_ASYNC_UNSAFE|__subclasses__"
    # `inspect` itself is needed, for `iscoroutinefunction`.
    r"|currentframe|getouterframes|inspect\.stack)\b"
    r"|\bdef\s+(?P<method>__eq__|__ne__)\b"
)
# Where tests are handed in, these are what they are written with.
WHAT_TESTS_NEED = {"imports pytest", "imports unittest"}
MOST = 5
LONGEST = 1_000


def reasons_to_look(kata: Kata, files: Mapping[str, bytes]) -> list[str]:
    """Return what is found in *files* and not in the kata's stubs, one line each."""
    usual = {what for name in kata.edit for _, what in findings(stub(kata, name))}
    if any(PurePath(name).match("test_*.py") for name in kata.edit):
        usual |= WHAT_TESTS_NEED
    lines = [
        f"{name}:{line} {what}: no verdict, a reason to look."
        for name, data in files.items()
        for line, what in findings(data)
        if what not in usual
    ]
    return lines[:MOST]


def stub(kata: Kata, name: str) -> bytes:
    """Return a stub; nothing if it is not there."""
    try:
        return reset.read_stub(kata.folder.parents[1], kata, name)
    except DojoError:
        return b""


def findings(source: bytes) -> Iterator[tuple[int, str]]:
    """Yield number of the line and description of every such word."""
    for number, line in enumerate(source.decode(errors="replace").splitlines(), 1):
        if found := SIGNS.search(line[:LONGEST]):
            kind = found.lastgroup
            verb = {"module": "imports", "name": "names", "method": "defines"}[kind or ""]
            yield number, f"{verb} {found[kind or 0]}"
