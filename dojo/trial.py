"""A tiny kata in a folder of its own, run through the real runner: do the instruments measure?"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dojo import catalogue, runner
from dojo.doctor import Finding
from dojo.model import Kata, Run

SLUG = "k999_trial"
FILES = {
    f"katas/{SLUG}/__init__.py": '"""A trial."""\n',
    f"katas/{SLUG}/views.py": '"""Nothing to edit."""\n',
    f"katas/{SLUG}/README.md": "# Trial\n\n## Tasks\n\n1. **Measure.** Simulated time.\n",
    f"katas/{SLUG}/kata.toml": 'title = "Trial"\nconcepts = []\nrequires = []\nminutes = 1\n'
    'edit = ["views.py"]\nlevel = "core"\npoints = 1\ndatabase = "none"\nsections = []\n',
    f"tests/{SLUG}/test_trial.py": '''"""The clock."""

import asyncio

import pytest


@pytest.mark.task(1)
async def test_an_hour_passes_at_once(clock):
    """An hour of simulated time takes no real time."""
    await asyncio.gather(asyncio.sleep(3600), asyncio.sleep(1800))
    assert clock.elapsed == 3600
''',
}
# What a suite needs of the copy besides katas.
NEEDED = ("katas/__init__.py", "katas/config", "katas/newsroom", "conftest.py", "pyproject.toml")
REPORT = "Reinstall with `pip install -e .`; if that does not help, report it with `--json`."


def measuring(root: Path) -> Iterator[Finding]:
    """Run the suite in a fresh process and in a fork, and say how long each took."""
    with tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True) as scratch:
        house = Path(scratch).resolve()
        kata = build(root, house)
        before = os.environ.get("PYTHONPATH")
        # The child finds the `dojo` that asks, installed or not.
        own = str(Path(__file__).resolve().parents[1])
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [own, before]))
        try:
            yield judged("measuring", "a fresh process", cold := runner.run(kata, house))
            if not cold.passed:
                return
            if not runner.CAN_FORK:
                fact = "this system has none: each run after a save starts Django anew"
                yield Finding("fork", "note", fact, "Nothing: verdicts come a second later.")
                return
            with runner.warm_spawn(house) as spawn:
                runner.run(kata, house, spawn=spawn)
                yield judged("fork", "a warm process", runner.run(kata, house, spawn=spawn))
        finally:
            if before is None:
                os.environ.pop("PYTHONPATH", None)
            else:
                os.environ["PYTHONPATH"] = before


def build(root: Path, house: Path) -> Kata:
    """Lay down the trial kata and what it needs of the copy at *root*."""
    for path, text in FILES.items():
        file = house / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for path in NEEDED:
        if (root / path).is_dir():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(root / path, house / path, ignore=ignore)
        else:
            shutil.copy(root / path, house / path)
    kata = catalogue.read_kata(house, house / "katas" / SLUG)
    assert isinstance(kata, Kata), kata
    return kata


def judged(check: str, where: str, run: Run) -> Finding:
    """Return what a run of the trial proves."""
    if run.passed:
        return Finding(check, "ok", f"an hour of simulated time in {where}: {run.seconds:.2f} s")
    why = [one.message for one in run.obstacles] + [one.message for one in run.failures]
    return Finding(check, "bad", f"the trial fails in {where}: {''.join(why[:1])}", REPORT)
