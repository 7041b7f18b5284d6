"""Pytest plugin that ties a suite in ``tests/<kata>`` to its kata.

Adds the option ``--answers``, the marker ``task``, the skip of a kata that is for other versions of
Django or Python, the fixture ``settings_of_the_kata``, and the line below a failure that says which
task of which brief it belongs to.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dojo import answers, catalogue, overrides, versions
from dojo.instruments import learner
from dojo.model import DojoError, Kata, Problem

if TYPE_CHECKING:
    from pytest_django import Settings

TESTS = "tests"
_EDITED = pytest.StashKey[dict[str, tuple[Path, ...]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--answers``."""
    parser.getgroup("dojo").addoption(
        "--answers",
        default=answers.LEARNER,
        metavar="WHICH",
        help="what stands behind katas.*: katas (the learner's own files, default), solutions (the "
        "reference answers), KATA=FOLDER, or a folder that holds one folder per kata",
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config,
) -> Generator[None, object, object]:
    """Put the answers in place before pytest-django, whose hook runs first, imports the apps."""
    put_in_place(early_config.known_args_namespace.answers, early_config.rootpath)
    return (yield)


def put_in_place(spec: str, root: Path) -> None:
    """Put the answers that *spec* names behind ``katas.*``, in place of those that are there.

    Raises:
        pytest.UsageError: They are not there.
    """
    chosen = answers.Answers(spec, root)
    try:
        chosen.check()
    except DojoError as error:
        raise pytest.UsageError(str(error)) from None
    # A child that an answer's own suite starts (k104) finds its parent's finder still there.
    sys.meta_path[:] = [
        finder for finder in sys.meta_path if not isinstance(finder, answers.AnswerFinder)
    ]
    answers.install(chosen)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers of a suite."""
    config.addinivalue_line("markers", "task(number): the task of the brief that a test belongs to")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say whose answers run, unless they are the learner's own."""
    spec = config.getoption("--answers")
    return None if spec == answers.LEARNER else f"answers: {spec}"


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> OtherVersions | None:
    """Do not even import what is not for this Django or this Python."""
    kata = kata_at(module_path, parent.config.rootpath)
    if kata is None or not (reason := versions.not_for_here(kata)):
        return None
    module = OtherVersions.from_parent(parent, path=module_path)
    module.reason = reason
    return module


class OtherVersions(pytest.File):
    """A module of a suite whose kata is for other versions; importing it may fail here."""

    reason = ""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one test, which is skipped, so that the reason is reported."""
        item = OtherVersionsItem.from_parent(self, name="not_for_this_version")
        item.add_marker(pytest.mark.skip(reason=self.reason))
        yield item


class OtherVersionsItem(pytest.Item):
    """Stands for all tests of such a module."""

    def runtest(self) -> None:
        """Do nothing: this is skipped before."""

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where it stands: at the top of the module."""
        return self.path, 0, self.name


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None, object, object]:
    """Keep suites in file order: they begin with what is easiest.

    pytest-django would put the tests with a database first, for the sake of those that can only
    roll back; suites of katas hold none of these.
    """
    place = {item: number for number, item in enumerate(items)}
    result = yield
    if all(kata_of(item) for item in items):
        items.sort(key=place.__getitem__)
    return result


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tell the instruments which files are the learner's."""
    if (kata := kata_of(item)) is not None:
        learner.set_accused(found_once(item.config, kata))


@pytest.fixture
def settings_of_the_kata(request: pytest.FixtureRequest, settings: Settings) -> None:
    """Let the kata's ``settings.py`` replace the site's settings, as `dojo serve` does.

    For suites that ask for it: others set what they need, one middleware alone, say.
    """
    kata = kata_of(request.node)
    assert kata is not None, f"{request.node.nodeid} belongs to no kata"
    for name, value in overrides.of_the_kata(kata.slug).items():
        setattr(settings, name, value)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say below a failure where its task is described."""
    report = yield
    kata, number = kata_of(item), task_of(item)
    if report.failed and kata is not None and number is not None:
        report.sections.append((f"task {number} of katas/{kata.slug}/README.md", title_of(item)))
    return report


def kata_of(item: pytest.Item) -> Kata | None:
    """Return the kata whose suite *item* belongs to; None for a test of something else.

    Raises:
        pytest.Collector.CollectError: The kata's metadata break a rule.
    """
    return kata_at(item.path, item.config.rootpath)


def kata_at(path: Path, root: Path) -> Kata | None:
    """Return the kata whose suite holds *path*; see `kata_of`."""
    slug = slug_of(path, root)
    return None if slug is None else read_once(root, slug)


@functools.cache
def slug_of(path: Path, root: Path) -> str | None:
    """Return the name of the kata whose suite holds *path*: asked for several times a test."""
    if not path.is_relative_to(root / TESTS):
        return None
    slug = path.relative_to(root / TESTS).parts[0]
    return slug if catalogue.SLUG.fullmatch(slug) else None


@functools.cache
def read_once(root: Path, slug: str) -> Kata:
    """Return the kata called *slug*, read from disk once a session."""
    found = catalogue.read_kata(root, root / "katas" / slug)
    if isinstance(found, Kata):
        return found
    raise pytest.Collector.CollectError(
        "\n\n".join(str(problem) for problem in found if isinstance(problem, Problem))
    )


def found_once(config: pytest.Config, kata: Kata) -> tuple[Path, ...]:
    """Return what `edited_files` yields, looked for once a session: each test asks."""
    found = config.stash.setdefault(_EDITED, {})
    if kata.slug not in found:
        found[kata.slug] = tuple(edited_files(config, kata))
    return found[kata.slug]


def edited_files(config: pytest.Config, kata: Kata) -> Iterator[Path]:
    """Yield the paths under which the learner's files may be running."""
    chosen = answers.Answers(config.getoption("--answers"), config.rootpath)
    for folder in (kata.folder, chosen.folder(kata.slug)):
        if folder is not None:
            yield from (folder / name for name in kata.edit)
            for pattern in kata.may_add:
                yield from folder.glob(pattern)


def task_of(item: pytest.Item) -> int | None:
    """Return the number of the task that a test's marker names."""
    marker = item.get_closest_marker("task")
    return int(marker.args[0]) if marker and marker.args else None


def title_of(item: pytest.Item) -> str:
    """Return what a test proves: the first line of its docstring, else its name in words."""
    function = getattr(item, "function", None)
    lines = (getattr(function, "__doc__", None) or "").strip().splitlines()
    return lines[0] if lines else item.name.removeprefix("test_").replace("_", " ")
