"""The data that flows through the dojo: frozen, free of behaviour that needs a disk."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import Path


class ExitCode(enum.IntEnum):
    """What every command answers to its shell."""

    PASS = 0
    TESTS_FAIL = 1
    USAGE = 2
    FAULT = 3
    INTERRUPTED = 130


class DojoError(Exception):
    """Something that the reader can put right: what, where, next step.

    Attributes:
        code: The exit code that fits it.
    """

    def __init__(self, message: str, *, code: ExitCode = ExitCode.FAULT) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Problem:
    """A rule of the house that a file breaks."""

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}\n{self.remedy}"


@dataclass(frozen=True)
class Task:
    """One numbered task of a brief."""

    number: int
    title: str


@dataclass(frozen=True)
class Chapter:
    """A chapter of ``katas/chapters.toml``."""

    number: int
    title: str
    subtitle: str


@dataclass(frozen=True)
class Kata:
    """One kata as its files on disk describe it.

    Attributes:
        slug: Folder name, such as ``k102_fan_out``.
        edit: Names of the files that a learner changes, relative to ``folder``.
        may_add: Glob patterns of further files that a learner may create there.
        requires: Slugs of katas that teach what this one takes for granted.
        django, python, asgiref: Version specifiers, such as ``>=5.2``.
        database: The kind that the suite needs: ``none``, ``memory``, ``file`` or ``rowlock``.
        curl: Arguments of curl that ask for its pages, where a plain GET would not do.
        weights: Test functions that count for more or less than 1 when points are given.
    """

    slug: str
    title: str
    concepts: tuple[str, ...]
    requires: tuple[str, ...]
    edit: tuple[str, ...]
    may_add: tuple[str, ...]
    minutes: int
    level: str
    points: int
    django: str
    python: str
    asgiref: str
    database: str
    sections: tuple[str, ...]
    curl: tuple[str, ...]
    weights: tuple[tuple[str, int], ...]
    tasks: tuple[Task, ...]
    folder: Path
    suite: Path
    solutions: Path

    @property
    def number(self) -> str:
        """Short name, such as ``k102``."""
        return self.slug.partition("_")[0]

    @property
    def name(self) -> str:
        """Name without the number; progress and grades are keyed by it."""
        return self.slug.partition("_")[2]

    @property
    def chapter(self) -> int:
        """Number of the chapter that the kata belongs to."""
        return int(self.slug[1])

    @property
    def package(self) -> str:
        """Dotted name of the kata's package."""
        return f"katas.{self.slug}"


@dataclass(frozen=True)
class Rejected:
    """A wrong answer, and how the suite is to catch it.

    Attributes:
        caught_by: Names of the test functions that must fail; no other may.
        says: Words that must stand in the message of one of these failures.
    """

    name: str
    folder: Path
    caught_by: tuple[str, ...]
    lesson: str
    says: tuple[str, ...]


@dataclass(frozen=True)
class Solutions:
    """Everything in ``solutions/<kata>``."""

    answer: Path
    accepted: tuple[Path, ...]
    rejected: tuple[Rejected, ...]


class State(enum.StrEnum):
    """How one test ended."""

    PASSED = "passed"
    FAILED = "failed"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    MISSING = "missing"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Case:
    """One test that the suite holds.

    Attributes:
        id: Node id relative to the suite, such as ``test_hello.py::test_answers_json``.
        title: First line of the test's docstring.
        task: Number of the task it belongs to; None when the suite does not say.
    """

    id: str
    title: str
    task: int | None

    @property
    def function(self) -> str:
        """Name of the test function, without file, class and parameters."""
        return self.id.partition("[")[0].rpartition("::")[2]


@dataclass(frozen=True)
class Bar:
    """One call on the timeline of a test, in seconds of the test's own clock.

    Attributes:
        label: The call, such as ``fetch('city')``.
        begin: Seconds since the test's body began; None for a coroutine that nobody awaited.
        end: None for a call that was not over when the test ended.
        outcome: ``ok``, ``error``, ``cancelled``, ``running`` or ``never awaited``; see
            `dojo.instruments.timeline.Outcome`.
    """

    label: str
    begin: float | None
    end: float | None
    outcome: str


@dataclass(frozen=True)
class Result:
    """What became of one case.

    Attributes:
        message: Facts of the failure; empty for a pass.
        error: Type of the exception, such as ``AssertionError``; empty for a pass.
        where: Line of the learner's code that it came from, as ``file:line``; may be empty.
        seconds: Real time of set-up, call and teardown together.
        printed: The last of what went to standard output and error while the test ran.
        timeline: What was called when, for a test that has a clock of its own and did not pass; of
            many calls, the first ones.
    """

    case: Case
    state: State
    message: str = ""
    error: str = ""
    where: str = ""
    seconds: float = 0.0
    printed: str = ""
    timeline: tuple[Bar, ...] = ()

    @property
    def said(self) -> str:
        """What a reader sees of a failure, as one text: words are looked for in it."""
        return f"{self.error}: {self.message}\n{self.where}"


@dataclass(frozen=True)
class Obstacle:
    """Something that kept the suite from running: a file that can't be imported, say."""

    message: str
    error: str = ""
    where: str = ""


@dataclass(frozen=True)
class Run:
    """One run of one kata's suite.

    Attributes:
        results: One per collected case, in file order.
        seconds: Real time of the whole child process.
        output: The last lines that the child printed; for reports of a fault.
    """

    results: tuple[Result, ...]
    obstacles: tuple[Obstacle, ...] = ()
    seconds: float = 0.0
    output: str = field(default="", repr=False)

    @property
    def passed(self) -> bool:
        """True if at least one test passed and nothing failed or is missing."""
        states = {result.state for result in self.results}
        return not self.obstacles and State.PASSED in states and states <= HARMLESS

    @property
    def skipped(self) -> bool:
        """True if the suite ran nothing because the kata is for other versions."""
        return (
            not self.obstacles
            and bool(self.results)
            and all(result.state is State.SKIPPED for result in self.results)
        )

    @property
    def failures(self) -> tuple[Result, ...]:
        """The results that are neither a pass nor a skip, in file order."""
        return tuple(result for result in self.results if result.state not in HARMLESS)

    @property
    def count_passed(self) -> int:
        """Number of tests that passed."""
        return sum(result.state is State.PASSED for result in self.results)

    def by_task(self, number: int) -> tuple[int, int]:
        """Return how many tests of a task did not fail, and how many there are."""
        own = [result.state in HARMLESS for result in self.results if result.case.task == number]
        return sum(own), len(own)


HARMLESS = frozenset({State.PASSED, State.SKIPPED})
