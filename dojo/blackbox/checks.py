"""What a ``blackbox.py`` consists of: checks, and what the site needs for them."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from dojo.model import DojoError

Draw = random.Random
Function = Callable[..., Awaitable[None]]
FILE = "blackbox.py"


class NotJudged(Exception):  # noqa: N818 - what is the case
    """A check can't see what it is there to see, for a fault that belongs to another task."""


def not_judged(why: str) -> NoReturn:
    """End a check without a verdict on its task: no points for it, and no suspicion.

    No right answer may bring this about, and the suite has to catch the fault itself.

    Args:
        why: What was seen, and to which task it belongs.
    """
    raise NotJudged(why)


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        function: Takes a `Site` and a `Draw`, from which it draws its inputs; raises
            AssertionError with what it saw.
        rows: Takes the same `Draw` before and returns rows for the database, as Django's JSON
            serializer writes them.
        involves: Other tasks whose faults may let it fail. Where one of them fails inside, too, its
            failure is no sign that the task itself passes there unduly.
    """

    name: str
    title: str
    task: int
    function: Function
    rows: Callable[[Draw], list[dict[str, Any]]] | None = None
    involves: frozenset[int] = frozenset()

    @property
    def id(self) -> str:
        """As reports name it."""
        return f"{FILE}::{self.name}"


@dataclass(frozen=True)
class Checks:
    """All of a kata.

    Attributes:
        services: Calls of the site that go to the judge instead, such as
            ``katas.newsroom.upstream:desks.fetch``.
        watched: Functions of the site that call the judge before they begin, and when they return:
            that call's name ends in `RETURNS`. Otherwise they do what they always do.
        settings: Names of the site's settings that are replaced; values that JSON can say. Of
            a mapping, what is present under other keys stays.
        queries: Whether each query of the site waits for the judge: `Site.database`.
        clock: Whether the clock of the site's event loop stands still: `Upstream.pass_time`.
    """

    checks: tuple[Check, ...]
    services: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    queries: bool = False
    clock: bool = False


def check(
    *,
    task: int,
    rows: Callable[[Draw], list[dict[str, Any]]] | None = None,
    involves: Iterable[int] = (),
) -> Callable[[Function], Function]:
    """Mark a coroutine function as a check of *task*; its docstring says what it proves.

    The other arguments are those of `Check`.
    """

    def note(function: Function) -> Function:
        title = (function.__doc__ or function.__name__).strip().splitlines()[0]
        function.check = Check(  # type: ignore[attr-defined]
            function.__name__, title, task, function, rows, frozenset(involves)
        )
        return function

    return note


def load(suite: Path) -> Checks | None:
    """Return the checks that lie beside a suite; None if there are none.

    Raises:
        DojoError: The file can't be imported.
    """
    path = suite / FILE
    if not path.is_file():
        return None
    module = imported(path)
    found: Sequence[Check] = [
        value.check
        for value in vars(module).values()
        if isinstance(getattr(value, "check", None), Check)
    ]
    return Checks(
        tuple(found),
        tuple(getattr(module, "SERVICES", ())),
        tuple(getattr(module, "WATCHED", ())),
        dict(getattr(module, "SETTINGS", {})),
        bool(getattr(module, "QUERIES", False)),
        bool(getattr(module, "CLOCK", False)),
    )


def imported(path: Path) -> ModuleType:
    """Import the module at *path*, under a name of its own."""
    spec = importlib.util.spec_from_file_location(f"blackbox_{path.parent.name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for the names in annotations
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise DojoError(f"{path}: it can't be imported: {type(error).__name__}: {error}") from error
    return module
