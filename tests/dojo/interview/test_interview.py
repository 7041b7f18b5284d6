"""``dojo interview``: what is handed out, and a whole one, from the bundle to the report."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from dojo import catalogue
from dojo.interview import MARK, bundle, handout
from tests.dojo.house import CLONE, House
from tests.dojo.interview.conftest import Capture, said
from tests.dojo.leaks import leaks

# These start processes and wait for them, in real time.
pytestmark = [pytest.mark.realtime, pytest.mark.timeout(120)]


def test_a_bundle_holds_the_rules_and_no_answer() -> None:
    """Nor a hint, to any kata; and what it says about itself can be read."""
    katas = catalogue.load(CLONE)
    chosen = [kata for kata in katas if kata.number in {"k102", "k202"}]
    interview = handout.new(chosen, 60, "Backend, Ada")

    files = handout.tree(interview, CLONE, chosen)

    assert leaks(files, katas, hints_too=True) == []
    assert [path for path in files if path.startswith(("solutions/", "tests/dojo/"))] == []
    rules = files[bundle.RULES].decode()
    for words in ("**60 minutes**", "interview start", "interview stop", "k202", "Backend, Ada"):
        assert words in rules
    assert json.loads(files[MARK])["id"] == interview.id
    assert files["README.md"].decode().count("INTERVIEW.md") == 2


@pytest.mark.parametrize(
    ("words", "said_"),
    [
        (["--minutes", "0"], "an interview takes 1 to 1440 minutes."),
        (["--minutes", "60", "--name", "two\nlines"], "a name is one line of"),
        (["--minutes", "60", "--katas", "k105"], "No kata is called 'k105'.\nDid you mean"),
    ],
)
def test_a_bundle_that_can_not_be_is_not_made(
    house: House, tmp_path: Path, capsys: Capture, words: list[str], said_: str
) -> None:
    """It says why, and leaves nothing."""
    more = ["--katas", "k101"] if "--katas" not in words else []

    assert said_ in said(capsys, "new", "--to", tmp_path / "new.zip", *words, *more, code=2)
    assert [*tmp_path.iterdir()] == []


def test_an_interview_from_the_bundle_to_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Unpacked into an empty home; worked on with the dojo that is in the bundle."""
    monkeypatch.chdir(CLONE)
    home = tmp_path / "home"
    home.mkdir()
    words = ["--katas", "k102,k101", "--minutes", "45", "--to", home / "bundle.zip"]
    out = said(capsys, "new", *words, "--name", "Ada")
    assert "k101, k102, 45 minutes" in out
    with zipfile.ZipFile(home / "bundle.zip") as archive:
        archive.extractall(home)
    (root,) = home.glob("interview-*")

    assert "has not begun" in ask(root, 2, "--once")
    assert "Your 45 minutes run from now" in ask(root, 0, "interview", "start")
    hand_in(root, "k101_first_async_view", "answer")
    hand_in(root, "k102_fan_out", "rejected/sequential")
    out = ask(root, 1, "--once")
    assert "k102 Fan out · 9 of 11 pass" in out
    assert "edit  katas/k102_fan_out/views.py" in out
    handed_back = ask(root, 0, "interview", "stop")
    place = re.search(r"Hand back (.+\.zip)", handed_back)
    assert place

    out = said(capsys, "report", place[1], "--out", tmp_path / "report.html")

    assert re.search(r"k101 .+ passes +(\d+) of \1 +4 of 4 ", out), out
    assert re.search(r"k102 .+ fails +\d+ of \d+ +2 of 4 ", out), out
    assert "k102 resembles sequential (100% alike): Awaiting in a loop" in out
    assert "Note:" not in out
    html = (tmp_path / "report.html").read_text()
    assert html.count("<svg") == 2
    assert "<h1>Ada</h1>" in html


def hand_in(root: Path, slug: str, which: str) -> None:
    """Put an answer where a candidate writes it."""
    for path in (CLONE / "solutions" / slug / which).glob("*.py"):
        shutil.copy(path, root / "katas" / slug)


def ask(root: Path, code: int, *words: str) -> str:
    """Return what the bundle's own dojo says, to somebody who has nothing but this Python."""
    kept: Mapping[str, str] = {key: os.environ[key] for key in ("PATH",) if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "dojo", *words],
        cwd=root,
        env={**kept, "HOME": str(root.parent), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == code, done
    return done.stderr if code == 2 else done.stdout
