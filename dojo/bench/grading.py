"""How long a class takes: one batch, killed half-way and resumed, beside a run for each submission.

``python -m dojo.bench grading 200 --kata k102`` makes 200 submissions of right and wrong answers
and stubs, three of them hostile, and grades them. Beside it, a few are run as tox would: by pytest
in an environment made for each, and in one that is there already. Both have neither walls nor
checks from outside, and are extrapolated. Exit code 1 if a submission has no mark, or a hostile one
has points.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from dojo import catalogue, reset
from dojo.cli.verify import positive
from dojo.grading import journal, sandbox
from dojo.model import DojoError, ExitCode, Kata

HOSTILE = {
    "leaves": "import os\nos._exit(0)\n",
    "never-ends": "while True:\n    pass\n",
    "eats-memory": "hoard = []\nwhile True:\n    hoard.append(bytearray(10_000_000))\n",
}
LOOK_S = 0.2


def main(arguments: Sequence[str]) -> int:
    """Grade, compare, and print one line for each way."""
    parser = argparse.ArgumentParser(prog="python -m dojo.bench grading", description=__doc__)
    parser.add_argument("number", type=positive, help="of submissions")
    parser.add_argument("--kata", default="k102", help="which they are of")
    parser.add_argument("-j", type=positive, default=os.cpu_count() or 1, help="as for `grade`")
    parser.add_argument("--seconds", type=positive, default=20, help="as for `grade`")
    parser.add_argument("--compare", type=int, default=3, help="how many are run as tox would")
    options = parser.parse_args(arguments)
    try:
        root = catalogue.find_root(Path.cwd())
        kata = catalogue.find(catalogue.load(root), options.kata)
        answers = usual(root, kata)
    except DojoError as error:
        sys.stderr.write(f"{error}\n")
        return error.code
    say = sys.stdout.write
    say(f"{options.number} submissions of {kata.slug}, {options.j} side by side, ")
    say(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; sandbox {sandbox.probe()}\n")
    with TemporaryDirectory(prefix="dojo-bench-") as place:
        submissions, out = Path(place, "class"), Path(place, "grades")
        lay_down(kata, answers, options.number, submissions)
        words = [*("--katas", kata.number, "--out", str(out), "--format", "csv")]
        words += ["-j", str(options.j), "--seconds", str(options.seconds)]
        command = [sys.executable, "-m", "dojo", "grade", str(submissions), *words]
        started = time.monotonic()
        marks = kill_at(command, out / journal.NAME, options.number // 2)
        ended = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
        seconds = time.monotonic() - started
        if not (out / "report.csv").exists():
            sys.stderr.write(ended.stdout + ended.stderr)
            return ExitCode.FAULT
        with (out / "report.csv").open(encoding="utf-8", newline="") as file:
            totals = {row["submission"]: row["total"] for row in csv.DictReader(file)}
        rate = options.number / seconds * 60
        say(f"one batch, killed at {marks} marks and resumed: {seconds:.0f} s, {rate:.1f} a minute")
        say(f", {rate / (os.cpu_count() or 1):.1f} a minute and processor\n")
        without = [name for name, total in totals.items() if not total]
        fooled = [name for name in HOSTILE if totals.get(name) not in {None, "0", "0.0"}]
        say(f"  {len(totals)} submissions, without a mark: {len(without)}; ")
        say(f"hostile with points: {len(fooled)}\n")
        few = [Path(submissions, f"{n:05}") for n in range(options.compare)]
        compare("an environment for each", in_fresh, root, kata, few, options.number)
        compare("one environment", in_this, root, kata, few, options.number)
    return ExitCode.TESTS_FAIL if without or fooled or len(totals) != options.number else 0


def usual(root: Path, kata: Kata) -> list[dict[str, bytes]]:
    """Return what people hand in: the stub, and answers that are right and wrong."""
    stub = {name: reset.read_stub(root, kata, name) for name in kata.edit}
    found = catalogue.solutions(kata, root)
    folders = [found.answer, *found.accepted, *(one.folder for one in found.rejected)]
    return [stub] + [
        stub | {name: (at / name).read_bytes() for name in kata.edit if (at / name).is_file()}
        for at in folders
    ]


def lay_down(kata: Kata, answers: Sequence[dict[str, bytes]], number: int, place: Path) -> None:
    """Write submissions, no two of them alike; the last ones are hostile."""
    hostile = dict(list(HOSTILE.items())[: max(0, number - 1)])
    usual = itertools.islice(itertools.cycle(answers), number - len(hostile))
    handed_in = {f"{n:05}": files for n, files in enumerate(usual)}
    for name, text in hostile.items():
        handed_in[name] = dict.fromkeys(kata.edit, text.encode())
    for name, files in handed_in.items():
        folder = place / name / kata.slug
        folder.mkdir(parents=True)
        for file, data in files.items():
            (folder / file).write_bytes(data + f"\n# Submission {name}\n".encode())


def kill_at(command: Sequence[str], path: Path, number: int) -> int:
    """Start a batch and kill it once *number* marks are noted; returns how many are."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as batch:  # noqa: S603
        while batch.poll() is None and noted(path) < number:
            time.sleep(LOOK_S)
        batch.send_signal(signal.SIGKILL)
    return noted(path)


def noted(path: Path) -> int:
    """Return how many marks a journal holds."""
    return max(0, path.read_bytes().count(b"\n") - 1) if path.exists() else 0


def compare(
    title: str,
    run: Callable[[Path, Kata, Path], None],
    root: Path,
    kata: Kata,
    few: Sequence[Path],
    number: int,
) -> None:
    """Run a *few* submissions one after the other, and print what all would take."""
    if not few:
        return
    started = time.monotonic()
    for submission in few:
        run(root, kata, submission / kata.slug)
    each = (time.monotonic() - started) / len(few)
    sys.stdout.write(
        f"pytest in {title}: {each:.1f} s each ({len(few)} measured), {60 / each:.1f} a minute on "
        f"one processor; {number} would take {each * number:.0f} s one after the other "
        "(extrapolated)\n"
    )


def in_fresh(root: Path, kata: Kata, submission: Path) -> None:
    """Run the suite in an environment that is made for it, as tox makes one."""
    place = submission / ".environment"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)  # noqa: S603
    python = str(place / "bin" / "python")
    install = [python, "-m", "pip", "install", "-qq", "--editable", str(root)]
    subprocess.run(install, check=True)  # noqa: S603
    run_suite(python, root, kata, submission)
    shutil.rmtree(place)


def in_this(root: Path, kata: Kata, submission: Path) -> None:
    """Run the suite in this environment."""
    run_suite(sys.executable, root, kata, submission)


def run_suite(python: str, root: Path, kata: Kata, submission: Path) -> None:
    """Run the suite of *kata* on a submission, whatever comes out."""
    words = ["-m", "pytest", "-q", f"tests/{kata.slug}", f"--answers={kata.slug}={submission}"]
    subprocess.run([python, *words], cwd=root, check=False, stdout=subprocess.DEVNULL)  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
