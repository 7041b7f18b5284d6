"""Every experiment of ``docs/what-older-texts-get-wrong.md`` prints what the page shows."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from importlib.metadata import version

import pytest
from packaging.specifiers import SpecifierSet

from tests.dojo.house import CLONE

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

PAGE = CLONE / "docs/what-older-texts-get-wrong.md"
FOLDER = CLONE / "docs/experiments"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "lab")
# "On Django before 6.1:", then the block.
SHOWN = re.compile(
    r"(?:^On (?P<product>\w+) (?P<before>before )?(?P<version>[\d.]+)(?: and later)?:\n\n)?"
    r"^```console\n\$ python docs/experiments/(?P<name>\w+)\.py\n(?P<output>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
# Django takes longer to import than the experiments to run: each is a fork of one process.
RUN_ALL = """
import os, runpy, sys
folder, results, *names = sys.argv[1:]
sys.path[0] = folder
import django.contrib.auth.password_validation, django.core.handlers.asgi
import django.db.backends.sqlite3.base, django.test, lab, sqlparse
for name in names:
    child = os.fork()
    if not child:
        os.dup2(os.open(f"{results}/{name}", os.O_WRONLY | os.O_CREAT), 1)
        os.dup2(1, 2)
        runpy.run_path(f"{folder}/{name}.py", run_name="__main__")
        break
    os.waitpid(child, 0)
"""


@dataclass(frozen=True)
class Shown:
    """An output on the page, and the versions on which it is printed."""

    output: str
    product: str
    versions: SpecifierSet

    def is_for_here(self) -> bool:
        """Tell whether these are the versions that it is for."""
        here = platform.python_version() if self.product == "Python" else version(self.product)
        return self.versions.contains(here, prereleases=True)


def read_page() -> dict[str, list[Shown]]:
    """Return what the page shows of each experiment, by its name."""
    found = defaultdict(list)
    for block in SHOWN.finditer(PAGE.read_text(encoding="utf-8")):
        wanted = ("<" if block["before"] else ">=") + block["version"] if block["version"] else ""
        shown = Shown(block["output"], block["product"] or "Django", SpecifierSet(wanted))
        found[block["name"]].append(shown)
    return found


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Run all experiments and return what each has printed."""
    folder = tmp_path_factory.mktemp("outputs")
    command = [sys.executable, "-c", RUN_ALL, str(FOLDER), str(folder), *NAMES]
    subprocess.run(command, cwd=CLONE, check=True, timeout=290)
    return {name: (folder / name).read_text(encoding="utf-8") for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_it_prints_what_the_page_shows(name: str, outputs: dict[str, str]) -> None:
    """The output is on the page, once for these versions."""
    here = [shown.output for shown in read_page()[name] if shown.is_for_here()]
    assert here == [outputs[name]]


def test_the_page_shows_no_other_experiment() -> None:
    """What the page tells one to run exists."""
    assert sorted(read_page()) == NAMES


def test_one_runs_by_itself() -> None:
    """The command of the page works, in a process of its own."""
    command = [sys.executable, "docs/experiments/gather_orm.py"]
    ended = subprocess.run(command, cwd=CLONE, capture_output=True, text=True, timeout=60)
    assert ended.stdout == read_page()["gather_orm"][0].output, ended.stderr
