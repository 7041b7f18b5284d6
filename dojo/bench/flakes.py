"""How often a timing test errs on a busy machine: right answers that fail, wrong ones that pass.

``python -m dojo.bench flakes --runs 2000 --burners 8`` judges the same answers in four styles (wall
clock, looptime where it is installed, virtual clock, rendezvous), beside processes that burn CPU.
Exit code 1 if the dojo's own two styles err even once.
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from dojo.model import ExitCode

OWN = ("clock", "rendezvous")
STYLES = ("wall", "looptime", *OWN)
# The names under which looptime's parts load into every pytest: each looks at every fixture.
LOOPTIME = ("looptime_plugin", "looptime_chronometers", "looptime_timeproxies")
FILE = Path(__file__).with_name("_five_calls.py")

_INI = """\
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
junit_duration_report = call
addopts = -p no:cacheprovider --tb=no -q
"""


@dataclass
class Tally:
    """The verdicts of one style."""

    runs: int = 0
    failed: int = 0
    passed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    wrong_runs: int = 0
    seconds: float = 0.0
    missing: str = ""

    @property
    def errs(self) -> bool:
        """Whether one verdict was false, or there is none."""
        return bool(self.failed or self.passed or not self.runs)


@contextmanager
def burning(burners: int) -> Iterator[None]:
    """Keep so many processes busy."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_burn, args=(os.getpid(),)) for _ in range(burners)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()


def _burn(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    while os.getppid() == parent:
        sum(range(100_000))


def judge(style: str, runs: int, wrong_runs: int) -> Tally:
    """Run the cases of *style* in a pytest of its own."""
    if style == "looptime" and importlib.util.find_spec("looptime") is None:
        return Tally(missing="not installed")
    with TemporaryDirectory() as folder:
        ini, report = Path(folder) / "pytest.ini", Path(folder) / "report.xml"
        ini.write_text(_INI)
        # looptime changes every loop of pytest-asyncio, also for those who do not ask for it.
        plugins = ["-p", "dojo.instruments.plugin", "--ds=dojo.bench._settings"]
        plugins = {"wall": ["-p", "no:django"], "looptime": ["-p", "no:django"]}.get(style, plugins)
        others = [] if style == "looptime" else [f"-pno:{name}" for name in LOOPTIME]
        command = [sys.executable, "-m", "pytest", str(FILE), "-c", str(ini), *plugins, *others]
        environment = {
            **os.environ,
            "DOJO_BENCH_STYLE": style,
            "DOJO_BENCH_RUNS": f"{runs},{wrong_runs}",
        }
        child = subprocess.run(  # noqa: S603 - our own interpreter, our own file
            [*command, f"--junitxml={report}"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if not report.exists():
            return Tally(missing=(child.stdout + child.stderr).strip().splitlines()[-1])
        return _count(report)


def _count(report: Path) -> Tally:
    tally = Tally()
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        kind, name, _ = case.get("name", "").partition("[")[2].split("|")
        passed = case.find("failure") is None and case.find("error") is None
        if kind == "right":
            tally.runs += 1
            tally.failed += not passed
            tally.seconds += float(case.get("time", 0))
        else:
            tally.wrong_runs += 1
            if passed:
                tally.passed[name] += 1
    return tally


def main(arguments: Sequence[str]) -> int:
    """Judge in each style, and print one line for each."""
    parser = argparse.ArgumentParser(prog="python -m dojo.bench flakes", description=__doc__)
    parser.add_argument("--runs", type=int, default=2000, help="runs of right answers, in all")
    parser.add_argument(
        "--wrong-runs", type=int, help="runs of each wrong answer (default: runs/20)"
    )
    parser.add_argument("--burners", type=int, default=8, help="processes that burn CPU meanwhile")
    parser.add_argument("--styles", nargs="+", choices=STYLES, default=STYLES)
    options = parser.parse_args(arguments)
    wrong_runs = options.wrong_runs or max(1, options.runs // 20)
    out = sys.stdout
    out.write(f"{options.runs} runs of right answers, {wrong_runs} of each wrong one, ")
    out.write(f"{options.burners} busy processes, {os.cpu_count()} processors\n\n")
    out.write(f"{'style':<12} {'right failed':>14} {'wrong passed':>14} {'ms a test':>10}\n")
    status = ExitCode.PASS
    with burning(options.burners):
        for style in options.styles:
            tally = judge(style, options.runs, wrong_runs)
            out.write(_line(style, tally))
            out.flush()
            if style in OWN and tally.errs:
                status = ExitCode.TESTS_FAIL
    return status


def _line(style: str, tally: Tally) -> str:
    if tally.missing:
        return f"{style:<12} {tally.missing}\n"
    right = f"{tally.failed} of {tally.runs}"
    wrong = f"{sum(tally.passed.values())} of {tally.wrong_runs}"
    line = f"{style:<12} {right:>14} {wrong:>14} {tally.seconds / tally.runs * 1000:>10.1f}\n"
    for name, count in tally.passed.items():
        line += f"{'':<12}   passed: {name}, {count} times\n"
    return line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
