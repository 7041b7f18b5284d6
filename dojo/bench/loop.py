"""How long it takes from a save to the verdict, beside commands that start afresh.

``python -m dojo.bench loop k102`` puts a wrong answer into a copy of the kata and measures, by the
clock on the wall and so best on a quiet machine:

* watching: ``dojo`` in a terminal of its own, from the moment the file is written until the screen
  shows the verdict of that very version, after a pause such as a learner makes, if no longer;
* once: ``dojo run``, the whole command;
* pytest: plain ``pytest`` on the same suite, the whole command.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pty
import re
import shutil
import statistics
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from dojo import catalogue
from dojo.cli.verify import positive
from dojo.model import DojoError, ExitCode, Kata

# What the house needs besides its katas.
GIVEN = ("conftest.py", "pyproject.toml", "katas/__init__.py", "katas/chapters.toml")
FOLDERS = ("katas/config", "katas/newsroom")
# As `python -m dojo` goes on once its environment is there; the copy has none.
DOJO = ("-c", "import sys; from dojo import cli; sys.exit(cli.main())")
RUNS, WAITS = b"Running", b"waiting for a save"
LINES, COLUMNS = 30, 100
PATIENCE_S = 60.0


def main(arguments: Sequence[str]) -> int:
    """Measure one kata and print one line for each way."""
    parser = argparse.ArgumentParser(prog="python -m dojo.bench loop", description=__doc__)
    parser.add_argument("kata", nargs="?", default="k102", help="as for `dojo run`")
    parser.add_argument("--repeats", type=positive, default=30, help="measurements of each way")
    parser.add_argument(
        "--pause", type=float, default=1.0, help="seconds before each save (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    try:
        root = catalogue.find_root(Path.cwd())
        kata = catalogue.find(catalogue.load(root), options.kata)
        wrong = catalogue.solutions(kata, root).rejected[0].folder
    except DojoError as error:
        sys.stderr.write(f"{error}\n")
        return error.code
    out = sys.stdout
    out.write(f"{kata.slug}, wrong answer {wrong.name}, {options.repeats} times, ")
    out.write(f"{os.cpu_count()} processors\n\n{'':<10} {'median s':>9} {'worst s':>9}\n")
    with TemporaryDirectory(prefix="dojo-") as folder, contextlib.ExitStack() as stack:
        house = Path(folder)
        furnish(house, root, kata, wrong)
        terminal = stack.enter_context(watching(house, root, kata))
        ways: dict[str, Callable[[], object]] = {
            "watching": terminal,
            "once": lambda: start(house, root, *DOJO, "run", kata.number).wait(),
            "pytest": lambda: start(house, root, "-m", "pytest", f"tests/{kata.slug}").wait(),
        }
        for name, way in ways.items():
            pause_s = options.pause if way is terminal else 0.0
            seconds = [timed(way, pause_s) for _ in range(options.repeats)]
            out.write(f"{name:<10} {statistics.median(seconds):>9.3f} {max(seconds):>9.3f}\n")
            out.flush()
    return ExitCode.PASS


def timed(way: Callable[[], object], pause_s: float) -> float:
    """Return the real seconds that *way* takes, after a pause."""
    time.sleep(pause_s)
    started = time.monotonic()
    way()
    return time.monotonic() - started


def furnish(house: Path, root: Path, kata: Kata, wrong: Path) -> None:
    """Lay down a house with *kata* alone, answered wrongly."""
    for name in (*FOLDERS, f"katas/{kata.slug}", f"tests/{kata.slug}"):
        shutil.copytree(root / name, house / name)
    for name in GIVEN:
        shutil.copy(root / name, house / name)
    shutil.copytree(wrong, house / "katas" / kata.slug, dirs_exist_ok=True)
    metadata = house / "katas" / kata.slug / "kata.toml"
    alone = re.sub(r"(?ms)^requires = \[.*?\]", "requires = []", metadata.read_text("utf-8"))
    metadata.write_text(alone, encoding="utf-8")


def start(
    house: Path, root: Path, *words: str, terminal: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """Start Python with *words* in *house*, with the dojo of *root*."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter, our own code
        [sys.executable, *words],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(root), "TERM": "xterm"},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )


@contextlib.contextmanager
def watching(house: Path, root: Path, kata: Kata) -> Iterator[Callable[[], object]]:
    """Start ``dojo`` in a terminal; yield what saves the file and waits for the verdict."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(master, (LINES, COLUMNS))
    child = start(house, root, *DOJO, terminal=slave)
    os.close(slave)
    file = house / "katas" / kata.slug / kata.edit[0]
    text = file.read_text(encoding="utf-8")
    saves = 0

    def read_until_it_waits() -> None:
        seen = b""
        deadline = time.monotonic() + PATIENCE_S
        while RUNS not in seen or WAITS not in seen.rpartition(RUNS)[2]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no verdict within {PATIENCE_S:g} s; seen: {seen!r}")
            seen += os.read(master, 65536)

    def save() -> None:
        nonlocal saves
        saves += 1
        file.write_text(f"{text}\n# {saves}\n", encoding="utf-8")
        read_until_it_waits()

    try:
        read_until_it_waits()
        yield save
    finally:
        child.kill()
        child.wait()
        os.close(master)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
