"""The docs: each command in them can be run, each link leads somewhere, nothing is left out."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dojo import catalogue, cli
from dojo.cli import screen
from dojo.model import Case, DojoError, Kata, Obstacle, Result, Run, State
from tests.dojo import documents
from tests.dojo.conftest import forks
from tests.dojo.documents import BRIEFS, CHECKED, GUIDES, OTHERS, Command
from tests.dojo.house import CLONE

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

KATAS = catalogue.load(CLONE)
COMMANDS = [one for path in documents.found(*GUIDES, BRIEFS) for one in documents.commands(path)]
README = [
    one for one in documents.commands(CLONE / "README.md") if one.program in {*CHECKED, "python"}
]
PROJECT = tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NUMBER = re.compile(r"k[1-9]\d\d(_\w+)?")

# Commands of the README that set something up, need a network, serve for ever, run for minutes or
# judge the machine, and the tests that run them.
ELSEWHERE = {
    "dojo branch": "test_branch.py",  # of a git repository, which the copy is not
    "dojo doctor": "test_doctor.py",
    "dojo grade": "grading/test_grade_command.py",
    "dojo interview": "interview/test_interview.py",
    "dojo serve": "test_serve.py",
    "dojo test": "test_test_command.py",
    "dojo update": "update/test_update.py",
    "dojo verify": "test_verify.py",
    "pip install": "test_environment.py",
    "pytest": "test_suites.py",
    "pytest tests/k402_last_ticket --db=postgres": "instruments/test_postgres.py",
    "tox": "test_test_command.py",
}
PARTS = ["What you learn", "Tasks", "Example", "Read", "What older texts say"]
# k101 is not solved, and k102 is reset on the way.
SHOW_A_STUB = {"dojo", "pytest tests/k102_fan_out"}


def ids(command: Command) -> str:
    """Return how pytest shows a command."""
    return f"{command.where}: {command.text}"


@pytest.fixture(scope="module")
def pytest_options() -> set[str]:
    """Long options of pytest and its plugins here."""
    return set(re.findall(r"(?<!\S)--[\w-]+", output_of("-m", "pytest", "--help")))


@pytest.fixture(scope="module")
def tox_environments() -> list[str]:
    """Names of tox's environments."""
    return output_of("-m", "tox", "list", "--no-desc", "-q").split()


def output_of(*words: str) -> str:
    """Run Python in the clone and return what it prints."""
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=CLONE, check=True, capture_output=True, text=True).stdout


def test_dojo_commands_parse(capsys: pytest.CaptureFixture[str]) -> None:
    """The command line takes every command of the dojo, and its katas exist."""
    wrong = []
    for command in (one for one in COMMANDS if one.program == "dojo"):
        if command.inline and command.words[1:] == () and set(command.words) & {*cli.commands()}:
            continue  # the name of a command, not a use of it
        try:
            cli.parse([*command.words])
        except DojoError as error:
            wrong.append(f"{ids(command)}: {error}")
        except SystemExit as end:
            if end.code:
                wrong.append(f"{ids(command)}: {capsys.readouterr().err}")
    assert not wrong, "\n".join(wrong)


def test_katas_and_paths_exist() -> None:
    """Each kata that a command names exists; so does each path of this repository."""
    wrong = []
    for command in COMMANDS:
        for word in command.words:
            if to_be_made(word, command.where.partition(":")[0]):
                continue
            if NUMBER.fullmatch(word) and not named(word):
                wrong.append(f"{ids(command)}: there is no kata {word}")
            path = CLONE / word.partition("::")[0]
            top = word.partition("/")[0] if "/" in word else ""
            ours = top not in ("", "..") and (CLONE / top).exists()
            of_pytest = command.program in ("pytest", "python") and not word.startswith("-")
            if (ours or (of_pytest and word == command.words[0])) and not path.exists():
                wrong.append(f"{ids(command)}: there is no {word}")
    assert not wrong, "\n".join(wrong)


def named(word: str) -> bool:
    """Tell whether there is a kata of that name."""
    return any(catalogue.is_called(kata.slug, word) for kata in KATAS)


def to_be_made(word: str, document: str) -> bool:
    """Tell whether *word* belongs to a kata that the document tells its reader to make."""
    uses = [one.words for one in COMMANDS if one.where.partition(":")[0] == document]
    names = [words[1] for words in uses if words[0:1] == ("new",) and len(words) > 1]
    made = {re.sub(r"^k\d+_", "", name) for name in names}
    text = (CLONE / document).read_text(encoding="utf-8")
    numbers = {number for name in made for number in re.findall(rf"\b(k\d+)_{name}\b", text)}
    return any(re.search(rf"\b{number}(_|\b)", word) for number in numbers)


def test_pytest_has_the_options(pytest_options: set[str]) -> None:
    """Each long option of pytest exists, the plugins' too."""
    options = {
        (word.partition("=")[0], ids(command))
        for command in COMMANDS
        if command.program == "pytest"
        for word in command.words
        if word.startswith("--")
    }
    assert options
    assert not [pair for pair in options if pair[0] not in pytest_options]


def test_tox_has_the_environments(tox_environments: list[str]) -> None:
    """Each environment after `tox -e` exists."""
    named = {
        (name, ids(command))
        for command in COMMANDS
        if command.program == "tox" and "-e" in command.words
        for name in command.words[command.words.index("-e") + 1].split(",")
    }
    assert named
    assert not [pair for pair in named if pair[0] not in tox_environments]


def test_pip_has_the_extras() -> None:
    """Each extra of this project that pip is told to install exists."""
    extras = {
        (extra, ids(command))
        for command in COMMANDS
        if command.program == "pip"
        for word in command.words
        for extra in re.findall(r"[\w-]+", "".join(re.findall(r"^\.\[(.*)\]$", word)))
    }
    assert extras
    assert not [pair for pair in extras if pair[0] not in PROJECT["optional-dependencies"]]


def test_every_command_is_documented() -> None:
    """Whoever adds a command says in a guide what it is for."""
    guides = [one for path in documents.found(*GUIDES) for one in documents.commands(path)]
    dojo = [one.words for one in guides if one.program == "dojo"]
    shown = {words[0] if words and words[0][0] != "-" else cli.DEFAULT for words in dojo}
    assert set(cli.commands()) <= shown


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a clone like this one, without what is made in it; there, k102 is solved."""
    folder = tmp_path_factory.mktemp("copy") / "clone"
    made = ("__pycache__", ".git", ".venv", ".tox", ".dojo", ".*_cache", "db.sqlite3", "build")
    shutil.copytree(CLONE, folder, ignore=shutil.ignore_patterns(*made, "rejected"))
    answer = "k102_fan_out/answer/views.py"
    shutil.copy(CLONE / "solutions" / answer, folder / "katas/k102_fan_out/views.py")
    author = ("-c", "user.name=Learner", "-c", "user.email=learner@example.org")
    for words in (("init", "-q"), ("add", "-A"), (*author, "commit", "-qm", "Katas")):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


def test_the_commands_of_the_readme_run(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the README, from where a learner stands who has solved k102."""
    monkeypatch.chdir(copy)
    monkeypatch.setenv("PYTHONPATH", str(copy))
    with forks(copy):
        for command in README:
            if elsewhere(command) or command.filled_in:
                continue
            code, printed = run(command)
            assert code == (command.text in SHOW_A_STUB), (
                f"{ids(command)}: exit code {code}\n{printed}\n"
                "Mend it; or, if it can't run here, name the test that runs it in ELSEWHERE."
            )


def run(command: Command) -> tuple[int, str]:
    """Run a command; return its exit code, and what another process has printed."""
    if command.program == "dojo":
        return cli.main([*command.words]), ""
    module = [] if command.program == "python" else ["-m", command.program]
    words = [sys.executable, *module, *command.words]
    ended = subprocess.run(words, capture_output=True, text=True)
    return ended.returncode, ended.stdout + ended.stderr


def elsewhere(command: Command) -> str | None:
    """Return which test runs a command instead; by all of its words, or by its name."""
    name = " ".join([command.program, *command.words[:1]])
    return ELSEWHERE.get(command.text) or ELSEWHERE.get(name)


def test_what_runs_elsewhere() -> None:
    """Each entry is for a command of the README, and names a test that exists."""
    known = {command.text for command in README}
    known |= {" ".join([command.program, *command.words[:1]]) for command in README}
    assert known >= set(ELSEWHERE)
    assert not [name for name in ELSEWHERE.values() if not (CLONE / "tests/dojo" / name).is_file()]


@pytest.mark.parametrize("path", documents.found(*GUIDES, BRIEFS, *OTHERS), ids=documents.name)
def test_links(path: Path) -> None:
    """Files and headings exist; addresses are links, with https, of a version that is supported."""
    assert not [f"{link.where}: {link.target}: {what}" for link, what in wrong_links(path)]


def wrong_links(path: Path) -> Iterator[tuple[documents.Link, str]]:
    """Yield the links of a document that are not as they should be, and what is wrong."""
    supported = {"stable", "dev", *re.findall(r"dj\d\d", (CLONE / "tox.ini").read_text())}
    versions = {f"{name[2]}.{name[3]}" if name[:2] == "dj" else name for name in supported}
    for link in documents.links(path):
        url = urlsplit(link.target)
        if link.bare:
            yield link, "an address in the text; give it a name, or put it into backticks"
        elif not url.scheme:
            file = path.parent / url.path if url.path else path
            if not file.exists():
                yield link, "there is no such file"
            elif url.fragment and url.fragment not in documents.anchors(file):
                yield link, "there is no such heading"
        elif url.scheme != "https":
            yield link, "not https"
        elif link.target[-1] in ".,;:!?":
            yield link, "ends with a punctuation mark"
        elif url.netloc == "docs.djangoproject.com" and url.path.split("/")[2] not in versions:
            yield link, f"not of a version that is supported: {sorted(versions)}"


def test_katas_that_are_named_exist() -> None:
    """A number such as k102, wherever it stands in a guide, is that of a kata."""
    for path in documents.found(*GUIDES):
        for number in re.findall(r"\bk[1-9]\d\d\b", path.read_text(encoding="utf-8")):
            known = named(number) or to_be_made(number, documents.name(path))
            assert known, f"{path}: there is no kata {number}"


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.number)
def test_briefs(kata: Kata) -> None:
    """A brief has its title and its parts, in order; what its tasks are, `dojo verify` looks at."""
    text = (kata.folder / "README.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {kata.number} · {kata.title}\n\n")
    headings = re.findall("^## (.*)$", text, re.M)
    assert [heading for heading in headings if heading in PARTS] == PARTS


@pytest.mark.parametrize("chapter", sorted({kata.chapter for kata in KATAS}))
def test_chapter_pages(chapter: int) -> None:
    """A chapter's page has a row and a paragraph for each of its katas, in order; no others."""
    page = CLONE / f"docs/chapters/{chapter}.md"
    text = page.read_text(encoding="utf-8")
    katas = [kata for kata in KATAS if kata.chapter == chapter]
    titles = catalogue.chapters(CLONE)
    assert text.startswith(f"# {chapter} · {titles[chapter].title}\n")
    rows = re.findall(r"^\| \[(k\d+)\]\(\.\./\.\./katas/(\w+)/README\.md\) \| (.*?) \|", text, re.M)
    assert [(number, slug) for number, slug, _ in rows] == [(k.number, k.slug) for k in katas]
    sections = [re.findall(r"\b27(?:\.\d+)+", row) for _, _, row in rows]
    assert sections == [[*kata.sections] for kata in katas]
    headings = re.findall(r"^## (.*)\n\n\w", text, re.M)
    assert headings == [f"{kata.number} · {kata.title}" for kata in katas]
    assert len(re.findall(r"katas/k\d", text)) == len(katas)
    index = (CLONE / "docs/chapters/README.md").read_text(encoding="utf-8")
    assert f"[{chapter} {titles[chapter].title}]({chapter}.md)" in index


def test_vs_code_finds_the_line_and_what_went_wrong() -> None:
    """The problem matcher's patterns fit two lines of a verdict that follow each other."""
    text = (CLONE / "docs/editors.md").read_text(encoding="utf-8")
    block = re.search(r"```json\n(.+?)```", text, re.DOTALL)
    assert block
    matcher = json.loads(block[1])["tasks"][0]["problemMatcher"]
    first, second = (re.compile(one["regexp"]) for one in matcher["pattern"])
    kata = KATAS[0]
    place = f"katas/{kata.slug}/views.py"
    failed = Result(
        Case("a", "It works.", 1), State.FAILED, "no", "ValueError", f"{place}:7: raise"
    )
    silent = Result(Case("b", "It works.", 1), State.FAILED, "", "AssertionError", f"{place}:8: x")
    broken = Obstacle("'(' was never closed\n    f(", "SyntaxError", f"{place}:9")
    runs = [Run((failed,)), Run((silent,)), Run((), (broken,))]

    found = [
        (before[1].strip(), *at.groups())
        for lines in (screen.verdict(kata, run).plain.splitlines() for run in runs)
        for above, below in itertools.pairwise(lines)
        if (before := first.search(above)) and (at := second.search(below))
    ]

    assert found == [
        ("ValueError: no", place, "7"),
        ("It works. (task 1)", place, "8"),
        ("f(", place, "9"),
    ]
