"""The shape of the package: imports go downwards only, and only the command line prints."""

import ast
from collections.abc import Iterator

import pytest

from tests.dojo.house import CLONE

# From the bottom up; a module imports from floors below its own, and from its own package.
FLOORS = (
    {"model", "instruments"},
    {"curriculum", "interpreters", "metadata", "overrides", "packing", "questions", "repository"}
    | {"shell", "versions"},
    {"catalogue", "environment", "progress"},
    {"edition"},
    {"answers", "course", "hints", "reset", "saves", "source", "transfer"},
    {"authoring", "copies", "parts", "site", "suites"},
    {"branches", "changes"},
    {"doctor", "export", "update"},
    {"blackbox", "runner"},
    {"trial", "verify"},
    {"grading"},
    {"interview", "packs", "reports"},
    {"cli"},
    {"bootstrap"},
    {"__main__", "bench"},
)
FLOOR = {part: number for number, floor in enumerate(FLOORS) for part in floor}
# The set-up speaks before the command line can, which needs rich; a benchmark is its own command.
SPEAKERS = {"cli", "bootstrap", "environment", "shell", "__main__", "bench"}
TO_THE_SCREEN = {"", "sys.stdout", "sys.stderr"}
LONGEST = 300
SOURCES = {
    path.relative_to(CLONE).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((CLONE / "dojo").rglob("*.py"))
}


def part_of(module: str) -> str:
    """Return what stands below ``dojo`` in a dotted name; empty for the package itself."""
    return module.split(".")[1] if "." in module else ""


def imports(source: str) -> Iterator[str]:
    """Yield the dotted names of all that *source* imports from the dojo, also within functions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "the dojo imports by full names"
            whole = node.module or ""
            names = [f"dojo.{alias.name}" for alias in node.names] if whole == "dojo" else [whole]
        else:
            continue
        yield from (name for name in names if name.partition(".")[0] == "dojo")


def upward(part: str, source: str) -> list[str]:
    """Return what *source*, a module of *part*, imports and may not."""
    return [
        name
        for name in imports(source)
        if part_of(name) != part and FLOOR.get(part_of(name), -1) >= FLOOR.get(part, -1)
    ]


def speaks(source: str) -> list[int]:
    """Return the lines on which *source* prints to the screen, or makes a console to do so."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "Console"}:
            files = [ast.unparse(word.value) for word in node.keywords if word.arg == "file"]
            if (files or [""])[0] in TO_THE_SCREEN:
                found.append(node.lineno)
    return sorted(found)


def part_at(path: str) -> str:
    """Return the part of the dojo that the file at *path* belongs to."""
    return path.removesuffix(".py").split("/")[1]


def test_every_module_has_its_floor() -> None:
    """Whoever adds a module says in this file where it stands."""
    assert {part_at(path) for path in SOURCES} == FLOOR.keys() | {"__init__"}


def test_imports_go_downwards_only() -> None:
    """A module that needs something from its own floor or above is misplaced."""
    found = {path: upward(part_at(path), source) for path, source in SOURCES.items()}

    assert {path: names for path, names in found.items() if names} == {}


def test_only_the_command_line_prints() -> None:
    """Everything below returns data or raises; so it can serve a report as well as a screen."""
    found = {
        path: speaks(source) for path, source in SOURCES.items() if part_at(path) not in SPEAKERS
    }

    assert {path: lines for path, lines in found.items() if lines} == {}


def test_every_module_says_what_it_is_for() -> None:
    """With a docstring, which also says why if there are more lines than a reader likes."""
    docstrings = {path: ast.get_docstring(ast.parse(text)) for path, text in SOURCES.items()}
    lengths = {path: len(text.splitlines()) for path, text in SOURCES.items()}

    assert [path for path, docstring in docstrings.items() if not docstring] == []
    assert {
        path: length
        for path, length in lengths.items()
        if length > LONGEST and "lines" not in (docstrings[path] or "")
    } == {}, "split these, or let their docstrings say why they need so many lines"


@pytest.mark.parametrize(
    ("part", "source", "found"),
    [
        ("catalogue", "from dojo import model, parts", ["dojo.parts"]),
        ("catalogue", "def f():\n    import dojo.cli.go", ["dojo.cli.go"]),
        ("instruments", "from dojo.model import Kata", ["dojo.model"]),
        ("answers", "from dojo import hints", ["dojo.hints"]),
        ("runner", "from dojo.runner import cold\nfrom dojo import suites", []),
        ("model", "from django.dojo import cli\nimport dojolike", []),
    ],
)
def test_an_upward_import_is_noticed(part: str, source: str, found: list[str]) -> None:
    """Also one to the same floor, and one inside a function."""
    assert upward(part, source) == found


def test_a_print_is_noticed() -> None:
    """By name, wherever it is called."""
    source = "def f():\n    print(1)\nc = Console()\nprint(2, file=sys.stderr)\n"

    assert speaks(source + "print(3, file=pipe)\nfingerprint(4)\n") == [2, 3, 4]
