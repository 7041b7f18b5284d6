"""Check that a kata has every part, and nothing besides: the proof that needs no test run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from dojo import catalogue, hints, questions, reset
from dojo.catalogue import relative
from dojo.model import Kata, Problem, Solutions

LEAST_ACCEPTED = 2
LEAST_REJECTED = 5
LEAST_QUESTIONS = 3
HINT_LEVELS = 3
# What may lie in a kata's folder, by suffix. All else is a left-over.
KATA_SUFFIXES = frozenset({".py", ".md", ".toml", ".html", ".txt", ".json", ".csv"})
# What `dojo new` leaves where an author has to write; the words behind it say what.
MARK = "TODO(author)"
# How an author goes about it: brief, stub, suite, answers, and hints when all of them are settled.
STEPS = (
    r"katas/[^/]+/README\.md",
    r"katas/[^/]+/(?!hints\.md)",
    r"dojo/stubs/",
    # The kata alone: how its suite ends on the stub.
    r"tests/|katas/[^/]+$",
    r"solutions/[^/]+/answer",
    r"solutions/[^/]+/accepted",
    r"solutions/[^/]+/rejected",
    r"solutions/",
)
SOLUTION_FILES = frozenset({"README.md", "rejected.toml", "answer", "accepted", "rejected"})


def check(kata: Kata, root: Path) -> list[Problem]:
    """Return what is wrong with the parts of *kata*; empty if nothing is."""
    problems = [
        *check_marks(kata, root),
        *check_edit(kata, root),
        *check_stubs(kata, root),
        *check_hints(kata, root),
        *check_suite(kata, root),
        *check_strays(kata, root),
    ]
    try:
        solutions = catalogue.solutions(kata, root)
    except catalogue.CatalogueError as error:
        return [*problems, catalogue.as_problem(error)]
    return [*problems, *check_solutions(kata, solutions, root)]


def step(problem: Problem) -> int:
    """Return at which step of their work an author comes to *problem*; sort by it."""
    fits = (number for number, where in enumerate(STEPS) if re.match(where, problem.where))
    return next(fits, len(STEPS))


def check_marks(kata: Kata, root: Path) -> Iterator[Problem]:
    """Yield the places that an author has not filled in yet."""
    for folder in (kata.folder, kata.suite, kata.solutions):
        for path in files_below(folder):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            for number, line in enumerate(lines, 1):
                if MARK in line:
                    yield Problem(
                        f"{relative(path, root)}:{number}",
                        line[line.index(MARK) :].rstrip('"'),
                        "Put yours in place of the example and of this line.",
                    )


def check_edit(kata: Kata, root: Path) -> Iterator[Problem]:
    """Yield files that the metadata name and the folder lacks."""
    where = relative(kata.folder / "kata.toml", root)
    if not kata.edit:
        yield Problem(where, "`edit` is empty.", "Name the file that the learner changes.")
    for name in kata.edit:
        if not (kata.folder / name).is_file():
            yield Problem(
                where,
                f"`edit` names {name!r}, which does not exist.",
                f"Create {relative(kata.folder / name, root)}, or name the right file.",
            )
        if Path(name).name == "__init__.py":
            yield Problem(where, f"`edit` names {name!r}.", "A learner never edits __init__.py.")


def check_stubs(kata: Kata, root: Path) -> Iterator[Problem]:
    """Yield stubs that a learner who resets the kata would not get as they are."""
    for _, name in reset.outdated(root, [kata]):
        yield Problem(
            relative(reset.stub_of(root, kata, name), root),
            f"this is not what katas/{kata.slug}/{name} is, and `dojo reset` gives it back.",
            "If that file is the stub, "
            f"`python3 -m dojo verify --take-stubs {kata.number}` takes it.",
        )


def check_hints(kata: Kata, root: Path) -> Iterator[Problem]:
    """Yield differences between the headings of the hints and the tasks of the brief."""
    path = kata.folder / "hints.md"
    where = relative(path, root)
    headings = hints.headings(path)
    for task in kata.tasks:
        if task not in headings:
            yield Problem(
                where,
                f"there is no hint for task {task.number}, {task.title!r}.",
                f"Add the heading `## Task {task.number}: {task.title}` with {HINT_LEVELS} hints.",
            )
    if headings != list(kata.tasks) and set(headings) == set(kata.tasks):
        yield Problem(
            where,
            "the headings are not in the order of the tasks, or one stands there twice.",
            "Write one heading for each task, in the order of the brief.",
        )
    for heading in headings:
        if heading not in kata.tasks:
            yield Problem(
                where,
                f"a heading names task {heading.number}, {heading.title!r}; the brief does not.",
                "Give heading and task the same number and the same words.",
            )
    sections = path.read_text(encoding="utf-8").split("\n## ")[1:] if path.is_file() else []
    for section in sections:
        levels = sum(line.startswith(("1. ", "2. ", "3. ")) for line in section.splitlines())
        if levels != HINT_LEVELS:
            yield Problem(
                where,
                f"`{section.splitlines()[0]}` has {levels} hints.",
                f"Number {HINT_LEVELS} of them: a direction, a pointer, almost there.",
            )


def check_suite(kata: Kata, root: Path) -> Iterator[Problem]:
    """Yield tests that say neither their task nor what they prove, and tasks without a test."""
    where = relative(kata.suite, root)
    files = sorted(kata.suite.glob("test_*.py"))
    if not files:
        yield Problem(where, "there is no suite.", "Create the folder and a test_*.py in it.")
        return
    tested: set[int] = set()
    for path in files:
        try:
            functions = test_functions(path)
        except (SyntaxError, UnicodeDecodeError) as error:
            yield Problem(relative(path, root), f"this is not Python: {error}.", "Mend it.")
            return
        for function in functions:
            spot = f"{relative(path, root)}:{function.lineno}"
            if not ast.get_docstring(function):
                yield Problem(
                    spot,
                    f"{function.name} has no docstring.",
                    "Say in one line what it proves: the dojo prints that line.",
                )
            number = marked_task(function)
            if number is None:
                yield Problem(
                    spot,
                    f"{function.name} belongs to no task.",
                    "Mark it with `@pytest.mark.task(1)`, or whichever task it is.",
                )
            else:
                tested.add(number)
    for task in kata.tasks:
        if task.number not in tested:
            yield Problem(
                where,
                f"no test belongs to task {task.number}, {task.title!r}.",
                f"Mark its tests with `@pytest.mark.task({task.number})`.",
            )
    for number in sorted(tested - {task.number for task in kata.tasks}):
        yield Problem(where, f"a test names task {number}; the brief does not.", "Mend the number.")


def test_functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return the test functions of a module, in file order."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")
    ]


def tasks_of_tests(kata: Kata) -> dict[str, int | None]:
    """Return the task of each of a suite's tests, by the test's name.

    There is none if the suite is not Python, which another check says.
    """
    try:
        return {
            function.name: marked_task(function)
            for path in kata.suite.glob("test_*.py")
            for function in test_functions(path)
        }
    except (SyntaxError, UnicodeDecodeError):
        return {}


test_functions.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def marked_task(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int | None:
    """Return the number in a test's ``@pytest.mark.task(n)``."""
    for node in function.decorator_list:
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) == "pytest.mark.task"
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, int)
        ):
            return node.args[0].value
    return None


def check_strays(kata: Kata, root: Path) -> Iterator[Problem]:
    """Yield files that are no part of a kata."""
    remedy = "Remove it, or say in kata.toml (`edit`, `may_add`) what it is for."
    for path in files_below(kata.folder):
        if path.suffix not in KATA_SUFFIXES:
            yield Problem(relative(path, root), "this file is no part of a kata.", remedy)
    for path in files_below(kata.suite):
        if path.suffix != ".py":
            yield Problem(relative(path, root), "this file is no part of a suite.", "Remove it.")
    for path in sorted(kata.solutions.glob("*")):
        if path.name not in SOLUTION_FILES | {"__pycache__"}:
            yield Problem(relative(path, root), "this is no part of a solution.", "Remove it.")
    folders = [
        kata.solutions / "answer",
        *catalogue.subfolders(kata.solutions / "accepted"),
        *catalogue.subfolders(kata.solutions / "rejected"),
    ]
    for folder in folders:
        for path in files_below(folder):
            name = path.relative_to(folder)
            if name.as_posix() not in kata.edit and not any(map(name.match, kata.may_add)):
                yield Problem(
                    relative(path, root),
                    "an answer holds this file, which the learner does not edit.",
                    remedy,
                )


def files_below(folder: Path) -> list[Path]:
    """Return all files below *folder* but Python's caches, sorted."""
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )


def check_solutions(kata: Kata, solutions: Solutions, root: Path) -> Iterator[Problem]:
    """Yield answers that are missing, and rejected ones that do not say how they are caught."""
    where = relative(kata.solutions, root)
    if not (kata.solutions / "README.md").is_file():
        yield Problem(where, "README.md is missing.", "Write why the answer is as it is.")
    elif sum(bool(one.listen_for) for one in questions.load(kata)) < LEAST_QUESTIONS:
        yield Problem(
            f"{where}/README.md",
            f"`{questions.HEADING}` has fewer than {LEAST_QUESTIONS} questions that say what a "
            "good answer mentions.",
            f"Write `- A question?` with a line `  {questions.LISTEN} …` below it.",
        )
    if not files_below(solutions.answer):
        yield Problem(f"{where}/answer", "there is no answer.", "Put the solved files into it.")
    if len(solutions.accepted) < LEAST_ACCEPTED:
        yield Problem(
            f"{where}/accepted",
            f"it holds {len(solutions.accepted)} answers.",
            f"Write at least {LEAST_ACCEPTED} that differ from the reference and are right.",
        )
    if len(solutions.rejected) < LEAST_REJECTED:
        yield Problem(
            f"{where}/rejected.toml",
            f"it lists {len(solutions.rejected)} answers.",
            f"Write at least {LEAST_REJECTED} that a learner would plausibly hand in.",
        )
    toml = f"{where}/rejected.toml"
    folders = {path.name for path in catalogue.subfolders(kata.solutions / "rejected")}
    names = {rejected.name for rejected in solutions.rejected}
    for name in sorted(folders - names):
        yield Problem(toml, f"[{name}] is missing.", f"Say how rejected/{name} is to be caught.")
    for name in sorted(names - folders):
        yield Problem(toml, f"[{name}] has no folder.", f"Create {where}/rejected/{name}.")
    known = tasks_of_tests(kata)
    for rejected in solutions.rejected:
        for name in rejected.caught_by:
            if known and name not in known:
                yield Problem(
                    toml,
                    f"[{rejected.name}] is to be caught by {name}, which the suite does not hold.",
                    "Name test functions of the suite, without their file.",
                )
        for key in ("caught_by", "lesson", "says"):
            if not getattr(rejected, key):
                yield Problem(toml, f"[{rejected.name}] has an empty `{key}`.", "Fill it in.")
