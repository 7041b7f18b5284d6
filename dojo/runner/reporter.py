"""Pytest plugin of the child: writes one JSON object a line to the file of ``--dojo-report``.

Objects, by their key ``event``:

* ``case``: a collected test: id, title, task.
* ``obstacle``: something could not be imported or collected: message, error, where.
* ``start``: a test begins: id.
* ``result``: a test has ended: id, state, message, error, where, seconds, printed; if it failed,
  timeline, too: see `dojo.runner.bars`.
* ``end``: the session has ended.

What comes from a learner's process is data, never trusted: the parent makes its own sums.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Literal, NoReturn, TextIO

import pytest

from dojo import suites
from dojo.model import Case
from dojo.runner import bars, outcome
from dojo.runner.raised import describe

# pytest-timeout calls pytest.fail with these words; the instruments' hang report starts like it.
TIMEOUT_WORDS = ("timeout:", "Timeout (>")
# A learner prints a few lines to see what happens. Characters.
PRINTED_TAIL = 2_000
# To import one module of a suite, the answer included. CPU, so that a busy machine does not count;
# what waits for ever instead is ended at the deadline of the run.
IMPORT_CPU_S = 5.0
DESCRIPTORS = Path("/dev/fd")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--dojo-report``, ``--dojo-tests`` and ``--dojo-until``."""
    group = parser.getgroup("dojo")
    group.addoption(
        "--dojo-report", metavar="FILE", help="write results to FILE, one JSON object a line"
    )
    group.addoption(
        "--dojo-tests", metavar="NAMES", help="run these test functions alone, named with commas"
    )
    group.addoption(
        "--dojo-until",
        metavar="WORDS",
        help="stop when failures have said all of these words, a list in JSON",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start reporting when a file is named."""
    if path := config.getoption("--dojo-report"):
        config.pluginmanager.register(Reporter(Path(path)), "dojo-reporter")


class Reporter:
    """Writes events as they happen, so that a child that dies leaves what it knew."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # A graded run has no file that both sides may open; it is given an open descriptor.
        opened = int(path.name) if path.parent == DESCRIPTORS else path
        self.file: TextIO = open(opened, "a", encoding="utf-8")  # noqa: SIM115
        self.worst: dict[str, dict[str, Any]] = {}
        self.said = ""

    def write(self, event: str, **values: object) -> None:
        """Write one event and flush it."""
        self.file.write(json.dumps({"event": event, **values}) + "\n")
        self.file.flush()

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(
        self, collection_path: Path, config: pytest.Config
    ) -> Literal[True] | None:
        """Pass by the other suites, on the way to this one: pytest looks at each several times.

        And by a module that no test which is to run is in.
        """
        names = config.getoption("--dojo-tests")
        if names and collection_path.match("test_*.py"):
            text = collection_path.read_text(encoding="utf-8")
            return None if any(name in text for name in names.split(",")) else True
        folder = config.invocation_params.dir
        path = f"{collection_path}{os.sep}"
        near = any(
            path.startswith(suite) or suite.startswith(path)
            for suite in (f"{folder / word}{os.sep}" for word in config.args)
        )
        return None if near else True

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(
        self, collector: pytest.Collector, name: str, obj: object
    ) -> list[pytest.Item] | None:
        """Make no test of a function that is to be left out: parametrised, it may be dozens."""
        names = collector.config.getoption("--dojo-tests")
        left_out = names and inspect.isfunction(obj) and name not in names.split(",")
        return [] if left_out else None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a module that can't be collected."""
        facts = getattr(report, "dojo_error", None)
        if report.failed or facts:
            self.write("obstacle", **(facts or {"message": str(report.longrepr)}))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Keep what was raised while collecting, before pytest turns it into text."""
        try:
            with importing_ends():
                report = yield
        except BaseException as fatal:
            # `sys.exit()` at import, say: pytest gives up, and this is the only trace of it.
            self.write("obstacle", **describe(fatal))
            raise
        if not report.passed and report.call is not None and report.call.excinfo is not None:
            error = report.call.excinfo.value
            # pytest turns an import that failed into a text of its own; the reason hangs below.
            if isinstance(error, pytest.Collector.CollectError) and error.__cause__:
                error = error.__cause__
            facts = describe(error)
            if report.failed or facts["where"]:  # a suite may skip itself; an answer may not
                report.dojo_error = facts  # type: ignore[attr-defined]
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Leave out all tests but those that the command line names."""
        if names := config.getoption("--dojo-tests"):
            wanted = names.split(",")
            items[:] = [i for i in items if Case(short_id(i), "", None).function in wanted]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """List the tests that are going to run."""
        for item in session.items:
            self.write(
                "case", id=short_id(item), title=suites.title_of(item), task=suites.task_of(item)
            )

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note which test is about to run, for the case that none comes after."""
        self.write("start", id=strip_suite(nodeid))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Fold the three phases of a test into one result: the first that is bad decides."""
        facts = describe(call.excinfo.value) if call.excinfo else {}
        with drawn_by_nobody(item, facts):
            report = yield
        facts = facts or {"message": str(report.longrepr)}
        kept = self.worst.setdefault(
            item.nodeid, {"state": "missing", "message": "", "error": "", "where": "", "seconds": 0}
        )
        kept["seconds"] += report.duration
        if report.failed and kept["state"] != "failed" and kept["state"] != "timeout":
            late = facts["message"].startswith(TIMEOUT_WORDS)
            state = "timeout" if late else "failed"
            kept |= facts | {"state": state, "timeline": bars.drawn(item)}
        elif report.skipped and kept["state"] == "missing":
            if facts.get("where"):  # a suite may skip a test; an answer may not
                kept |= facts | {"state": "failed"}
            else:
                kept |= {"state": "skipped", "message": reason(report)}
        elif (
            report.when == "call"
            and report.passed
            and kept["state"] == "missing"  # a subtest has a report of its own, before its test's
            and not hasattr(report, "wasxfail")
        ):
            kept["state"] = "passed"
        if report.when == "teardown":
            # The sections of the last report hold those of the phases before it.
            printed = (report.capstdout + report.capstderr)[-PRINTED_TAIL:]
            self.write("result", id=short_id(item), **kept, printed=printed)
            if kept["state"] == "failed":
                self.stop_if_said(item, kept | {"printed": printed})
        return report

    def stop_if_said(self, item: pytest.Item, kept: dict[str, Any]) -> None:
        """Run no further test once failures have said what the command line waits for."""
        result = outcome.answered(Case(short_id(item), "", None), kept)
        self.said += f"{result.said}\n"
        until = item.config.getoption("--dojo-until")
        if until and all(words in self.said for words in json.loads(until)):
            # Not `shouldstop`: of that pytest makes a KeyboardInterrupt, and renders its traceback.
            item.session.shouldfail = "all that was to be said has been said"

    def pytest_sessionfinish(self) -> None:
        """Say that the session came to its end."""
        self.write("end")


@contextlib.contextmanager
def drawn_by_nobody(item: pytest.Item, facts: dict[str, str]) -> Iterator[None]:
    """With ``--tb=no``, let pytest draw no traceback: it does, and then leaves it out."""
    with pytest.MonkeyPatch.context() as patch:
        if facts and item.config.getoption("tbstyle") == "no":
            patch.setattr(item, "repr_failure", lambda excinfo: facts["message"])
        yield


class EndlessImport(Exception):  # noqa: N818 - what happened
    """Raised where an import is, when it has used up its time."""


@contextlib.contextmanager
def importing_ends() -> Iterator[None]:
    """Raise EndlessImport in the block if it computes for longer than `IMPORT_CPU_S`."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def end(number: int, frame: object) -> NoReturn:
        raise EndlessImport(f"still importing after {IMPORT_CPU_S:g} s of computing")

    before = signal.signal(signal.SIGVTALRM, end)
    # Again and again: the import may swallow the first.
    signal.setitimer(signal.ITIMER_VIRTUAL, IMPORT_CPU_S, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def short_id(item: pytest.Item) -> str:
    """Return a node id relative to the suite's folder."""
    return strip_suite(item.nodeid)


def strip_suite(nodeid: str) -> str:
    """Drop ``tests/<kata>/`` from a node id."""
    head, _, rest = nodeid.partition("::")
    return f"{head.rpartition('/')[2]}::{rest}"


def reason(report: pytest.TestReport) -> str:
    """Return why a test was skipped."""
    found = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    return str(found).removeprefix("Skipped: ")
