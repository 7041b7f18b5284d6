"""What is reported of what a candidate hands back."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dojo import runner
from dojo.grading.model import Box, TestMark, Verdict
from dojo.interview import MARK, candidate, judge
from dojo.model import Kata, Run
from tests.dojo.house import KATA, House, views
from tests.dojo.interview.conftest import VIEWS, Capture, Clocks, note, said

# These start processes and wait for them, in real time.
pytestmark = [pytest.mark.realtime, pytest.mark.timeout(120)]


@pytest.fixture
def back(given: House, clocks: Clocks, tmp_path: Path) -> Callable[..., Path]:
    """Return what makes a zip of what a candidate hands back."""

    def hand_back(answer: str | None, **changed: bytes) -> Path:
        candidate.start(given.root)
        if answer is not None:
            given.write(VIEWS, answer)
        clocks.go(10)
        note(given)
        place = candidate.stop(given.root)[1]
        # What the interviewer has there is nobody's business.
        given.write(VIEWS, views())
        (given.root / MARK).unlink()
        new = tmp_path / "back.zip"
        with zipfile.ZipFile(place) as old, zipfile.ZipFile(new, "w") as archive:
            for name in old.namelist():
                data = changed.get(name.rpartition("/")[2].partition(".")[0], old.read(name))
                if data:
                    archive.writestr(name, data)
        return new

    return hand_back


def test_a_wrong_answer_is_reported_with_what_it_resembles(
    given: House, back: Callable[..., Path], tmp_path: Path, capsys: Capture
) -> None:
    """In the terminal and on one page, on which a browser runs nothing of the candidate's."""
    evil = "<script>alert('&')</script>"
    answer = f'"""{evil}"""\n' + views(double=f"(print({evil!r}), number * 3)[1]").replace(
        "number):", "number):  # mine"
    )
    page = tmp_path / "report.html"

    out = said(capsys, "report", back(answer), "--out", page)

    assert re.search(r"k101 Double +fails +1 of 2 +1 of 2 +0.5 of 1 +10 min +1", out), out
    assert re.search(r"k101 resembles tripled \(\d\d% alike\): A lesson\.", out), out
    html = page.read_text()
    assert "<script" not in html
    assert "&lt;script&gt;alert(&#x27;&amp;&#x27;)" in html
    assert "double(21) is 63; expected 42." in html
    assert "+    return (print(" in html
    assert "a <code>TypeError</code>, and who is to see it." in html
    assert '<rect class="bar-green"' in html
    style = re.search(r"<style>(.*)</style>", html, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src &#x27;none&#x27;; style-src &#x27;sha256-{digest}&#x27;" in html
    assert not re.search(r"(?i)\sstyle=|\son\w+=|https?://|url\(|<(link|img|iframe|script)", html)
    assert "is not replaced" in said(capsys, "report", tmp_path / "back.zip", "--out", page, code=2)


@pytest.fixture
def without_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run suites as a learner does, for tests of which files are judged.

    Walls take three processes more for each kata; the other tests of the report have them.
    """

    def run(kata: Kata, root: Path, answers: Path) -> Run:
        return runner.run(kata, root, answers=f"{kata.slug}={answers}")

    monkeypatch.setattr(judge, "judge", run)


@pytest.mark.usefixtures("without_walls")
def test_the_stub_stands_in_for_what_is_missing(
    given: House, back: Callable[..., Path], capsys: Capture
) -> None:
    """Nothing of the interviewer's own, solved files shows through."""
    out = said(capsys, "report", back(views(), views=b""))

    assert re.search(r"k101 Double +not begun +0 of 2 +0 of 2 +0 of 1", out), out
    assert f"Note: {VIEWS} is missing, a link, or too large; the stub stands in for it." in out


@pytest.mark.usefixtures("without_walls")
def test_files_are_compared_with_what_was_recorded(
    given: House, back: Callable[..., Path], capsys: Capture
) -> None:
    """Changed before the start, after the stop; and a suite that is a newer one."""
    given.write(VIEWS, "early = True\n")
    archive = back(None, views=views().encode())
    given.append(f"tests/{KATA}/test_views.py", "\n# newer\n")

    out = said(capsys, "report", archive)

    assert re.search(r"k101 Double +passes +2 of 2", out), out
    assert f"{VIEWS} was no stub any more when the interview was started." in out
    assert f"{VIEWS} is not what it was when the interview was stopped." in out
    assert "The suite of k101 is not the one that was handed out." in out


def test_an_answer_that_can_not_be_imported_is_reported(
    given: House, back: Callable[..., Path], tmp_path: Path, capsys: Capture
) -> None:
    """With the reason, without points, and without a likeness."""
    page = tmp_path / "report.html"

    out = said(capsys, "report", back("def double(:\n"), "--out", page)

    assert re.search(r"k101 Double +fails +0 of 2 +0 of 2 +0 of 1", out), out
    assert "k101 could not be run: SyntaxError" in out
    assert "resembles" not in out
    assert "The tests could not start." in page.read_text()


@pytest.mark.parametrize("verdict", [one for one in Verdict if one is not Verdict.GRADER_ERROR])
def test_only_what_passed_counts_as_a_pass(verdict: Verdict) -> None:
    """A check from outside that could not see its task says so, and is none."""
    passed = judge.result(TestMark("a", "A.", 1, Verdict.PASSED))
    other = judge.result(TestMark("blackbox.py::b", "B.", 2, verdict, Box.BLACK, message="facts"))

    assert Run((passed, other)).passed == (verdict is Verdict.PASSED)
    assert other.message == ("Not judged: facts" if verdict is Verdict.NOT_JUDGED else "facts")


TABLE = {"version": 1, "id": "01234567", "name": "", "minutes": 1, "katas": {KATA: ""}, "made": ""}
CHANGES: list[dict[str, object]] = [
    {"id": "../../.."},
    {"minutes": 1e9},
    {"minutes": True},
    {"name": "a\x1b[2J"},
    {"katas": 5},
    {"katas": {}},
    {"katas": {KATA: 5}},
    {"katas": {"k999_none": ""}},
    {"more": 1},
]
JUNK = [
    *("", "{", "[]", '"text"', "[" * 90_000, '{"version": 2}', '{"version": 1, "id": "x"}'),
    *(json.dumps(TABLE | change) for change in CHANGES),
]


@pytest.mark.parametrize("text", JUNK, ids=range(len(JUNK)))
def test_what_is_no_interview_is_refused(
    house: House, tmp_path: Path, capsys: Capture, text: str
) -> None:
    """Whatever stands in the file that should say which it is."""
    (tmp_path / ".interview").mkdir()
    (tmp_path / MARK).write_text(text)

    message = said(capsys, "report", tmp_path, code=2)

    assert len(message.splitlines()) == 2, message


@pytest.mark.usefixtures("without_walls")
def test_what_leads_out_of_a_folder_is_not_read(
    house: House, given: House, tmp_path: Path, capsys: Capture
) -> None:
    """A link to a file of the interviewer's, and a zip with one."""
    (tmp_path / "secret.py").write_text("SECRET = 1\n")
    folder = tmp_path / "folder"
    (folder / VIEWS).parent.mkdir(parents=True)
    (folder / VIEWS).symlink_to(tmp_path / "secret.py")
    (folder / ".interview").mkdir()
    shutil.copy(given.root / MARK, folder / ".interview")
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "links.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")

    out = said(capsys, "report", folder)

    assert f"{VIEWS} is missing, a link" in out
    assert "not begun" in out
    assert "is a link or a device" in said(capsys, "report", tmp_path / "links.zip", code=2)
    message = said(capsys, "report", tmp_path / "secret.py", code=2)
    assert "can't be unpacked" in message
    assert "interview stop` has made" in message
