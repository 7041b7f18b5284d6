"""``dojo pack``: what is in a pack, and that its scripts grade."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from dojo import catalogue, cli, packing, packs
from tests.dojo.documents import MARKDOWN
from tests.dojo.house import CLONE

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]
KATAS = [kata for kata in catalogue.load(CLONE) if kata.number == "k102"]
ANSWER = KATAS[0].solutions / "answer" / "views.py"
FROM = "school/async-katas@v1.0"
# Stands for podman: it has built an image, and tells what it was to run.
ENGINE = """#!/bin/sh
if [ "$1" = build ]; then echo sha256:4bd0; else printf '%s\\n' "$@"; fi
"""


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the hidden suite that INSTRUCTORS.md shows."""
    blocks = MARKDOWN.parse((CLONE / "INSTRUCTORS.md").read_text(encoding="utf-8"))
    suites = [one.content for one in blocks if one.type == "fence" and one.info == "python"]
    folder = tmp_path_factory.mktemp("hidden") / KATAS[0].slug
    folder.mkdir()
    (folder / "test_more.py").write_text(suites[0], encoding="utf-8")
    return folder.parent


def put_python(folder: Path) -> None:
    """Put a program into *folder* that is this Python, with what is installed for it."""
    folder.mkdir(parents=True)
    (folder / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (folder / "python").chmod(0o755)


class Gradescope:
    """The folders that Gradescope makes, with a pack in them as it is after its set-up."""

    def __init__(self, folder: Path, hidden: Path) -> None:
        self.folder = folder / "autograder"
        self.python = folder / "python"
        for name in ("source", "submission", "results"):
            (self.folder / name).mkdir(parents=True)
        data = packing.zipped(packs.with_project(packs.GRADESCOPE, CLONE, KATAS, hidden))
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            pack.extractall(self.folder / "source")
        put_python(self.python / "bin")
        self.results = self.folder / "results/results.json"

    def submit(self, files: dict[str, bytes]) -> subprocess.CompletedProcess[str]:
        """Grade a submission of these files."""
        shutil.rmtree(self.folder / "submission")
        for name, data in files.items():
            path = self.folder / "submission" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return subprocess.run(
            ["bash", self.folder / "source/run_autograder"],
            env={"PATH": "/usr/bin:/bin", "AUTOGRADER": str(self.folder)}
            | {"PYTHON_HOME": str(self.python)},
            capture_output=True,
            text=True,
        )


@pytest.fixture(scope="module")
def gradescope(tmp_path_factory: pytest.TempPathFactory, hidden: Path) -> Gradescope:
    """Return a Gradescope that grades k102 with hidden tests."""
    return Gradescope(tmp_path_factory.mktemp("gradescope"), hidden)


def test_what_was_a_zip_with_a_folder_is_graded_with_hidden_tests(gradescope: Gradescope) -> None:
    """Gradescope has unpacked it; the suite that it brings along is not the one that judges.

    The result is where Gradescope looks; hidden tests are in it for staff alone.
    """
    ended = gradescope.submit(
        {
            "mine/katas/k102_fan_out/views.py": ANSWER.read_bytes(),
            "mine/tests/k102_fan_out/test_fetch_all.py": b"def test_all(): assert False",
            "mine/README.md": b"My answer.",
            "notes.txt": b"Done.",
        }
    )

    assert not ended.returncode, ended.stdout + ended.stderr
    report = json.loads(gradescope.results.read_text(encoding="utf-8"))
    assert report["score"] == KATAS[0].points
    hidden = [test for test in report["tests"] if test["visibility"] == "hidden"]
    assert [test["status"] for test in hidden] == ["passed"]
    assert gradescope.folder.stat().st_mode & 0o077 == 0


def test_a_fault_of_the_grader_leaves_no_result(gradescope: Gradescope) -> None:
    """Gradescope shows an error then, and records no points; an old result does not stay."""
    gradescope.results.write_text("{}")
    suite = gradescope.folder / "source/project/tests/k102_fan_out/test_fetch_all.py"
    text = suite.read_text(encoding="utf-8")
    suite.write_text("import not_there\n" + text, encoding="utf-8")
    try:
        ended = gradescope.submit({"views.py": ANSWER.read_bytes()})
    finally:
        suite.write_text(text, encoding="utf-8")

    assert ended.returncode == 3, ended.stdout + ended.stderr
    assert "not_there" in ended.stdout
    assert not gradescope.results.exists()


@pytest.mark.parametrize("name", [packs.GRADESCOPE, packs.CONTAINER])
def test_a_pack_has_what_grades_and_no_answers(name: str, hidden: Path) -> None:
    """The same whenever it is made; stubs stand where answers would, and scripts can be run."""
    files = packs.with_project(name, CLONE, KATAS, hidden)

    assert packing.zipped(files) == packing.zipped(packs.with_project(name, CLONE, KATAS, hidden))
    assert files["project/katas/k102_fan_out/views.py"].count(b"NotImplementedError") == 2
    assert "project/tests/k102_fan_out/blackbox.py" in files
    assert "project/hidden/k102_fan_out/test_more.py" in files
    assert not [path for path in files if path.startswith("project/solutions") or "k101" in path]
    assert ANSWER.read_bytes() not in files.values()
    scripts = {
        path: data for path, data in files.items() if "/" not in path and data.startswith(b"#!")
    }
    assert {*scripts} == {
        packs.GRADESCOPE: {"setup.sh", "run_autograder"},
        packs.CONTAINER: {"grade"},
    }[name]
    for path, data in scripts.items():
        shell = data.split(b"\n")[0].split(b"/")[-1].split()[-1].decode()
        done = subprocess.run([shell, "-n"], input=data, capture_output=True)
        assert not done.returncode, (path, done.stderr)


def test_a_container_is_started_without_network_and_rights(tmp_path: Path, hidden: Path) -> None:
    """Submissions can't be written to; options reach `dojo grade`, and so do hidden tests."""
    place = tmp_path / "pack"
    packing.write(packs.with_project(packs.CONTAINER, CLONE, KATAS, hidden), place, top="")
    engine = tmp_path / "engine"
    engine.write_text(ENGINE)
    engine.chmod(0o755)
    (tmp_path / "class").mkdir()
    ended = subprocess.run(
        [place / "grade", "class", "marks", "--strict"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "ENGINE": str(engine)},
        capture_output=True,
        text=True,
    )

    assert not ended.returncode, ended.stderr
    words = ended.stdout.splitlines()
    assert words[words.index("--network") + 1] == "none"
    assert words[words.index("--cap-drop") + 1] == "ALL"
    assert "--read-only" in words
    assert f"{tmp_path}/class:/grader/submissions:ro" in words
    assert f"{tmp_path}/marks:/grader/grades" in words
    assert words[words.index("sha256:4bd0") + 1 :] == ["--hidden", "hidden", "--strict"]
    entry = (place / "Dockerfile").read_text().partition("ENTRYPOINT ")[2]
    cli.parse([*json.loads(entry)[3:], *words[words.index("sha256:4bd0") + 1 :]])


def test_a_container_needs_submissions_and_an_engine(tmp_path: Path) -> None:
    """What is missing is said, with exit code 2."""
    script = CLONE / "dojo/packs/container/grade"
    for words, said in (
        ([], "./grade SUBMISSIONS GRADES"),
        ([str(tmp_path), "marks"], "set ENGINE"),
    ):
        ended = subprocess.run(
            ["/bin/sh", str(script), *words],
            cwd=tmp_path,
            env={"PATH": path_without_engines(tmp_path)},
            capture_output=True,
            text=True,
        )
        assert ended.returncode == 2
        assert said in ended.stderr


def path_without_engines(folder: Path) -> str:
    """Return a PATH with the programs that the script uses, and no other."""
    bin_ = folder / "bin"
    bin_.mkdir(exist_ok=True)
    for name in ("dirname", "mkdir", "sed"):
        if not (bin_ / name).exists():
            (bin_ / name).symlink_to(shutil.which(name) or "")
    return str(bin_)


def test_a_workflow_has_few_rights_and_fixed_actions() -> None:
    """It is safe for forks, and says which versions it uses."""
    text = packs.workflow(FROM, KATAS).decode()

    assert re.search(r"(?m)^permissions:\n  contents: read\n\w", text)
    assert "pull_request_target:" not in text
    assert not re.search("secrets|write", text)
    actions = re.findall(r"uses: (\S+)", text)
    assert len(actions) == 4
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in actions)
    assert text.count("persist-credentials: false") == text.count("actions/checkout@") == 2
    assert "repository: school/async-katas\n" in text
    assert "ref: 'v1.0'\n" in text
    assert "@" not in re.sub(r"actions/[a-z-]+@v\d+", "", text)


def test_a_workflow_grades(tmp_path: Path) -> None:
    """Its steps run as they stand there: marks in the summary, reports where they are fetched."""
    work, temp = tmp_path / "work", tmp_path / "temp"
    packing.lay_down(packs.with_project(packs.CONTAINER, CLONE, KATAS), tmp_path / "pack")
    work.mkdir()
    (tmp_path / "pack/project").rename(work / "judge")
    wrong = KATAS[0].solutions / "rejected/as_completed"
    shutil.copytree(wrong, work / "submission/katas/k102_fan_out")
    put_python(temp / "dojo/bin")
    text = packs.workflow(FROM, KATAS).decode()
    steps = dict(re.findall(r"- name: (\w+)\n(?: {8}if: .*\n)? {8}run: \|\n((?: {10}.*\n)+)", text))
    environ = {
        "PATH": "/usr/bin:/bin",
        "RUNNER_TEMP": str(temp),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }
    # A wrong answer is a red cross, and has its summary none the less.
    for name, code in (("Grade", 1), ("Summary", 0)):
        script = ["bash", "-eo", "pipefail", "-c", textwrap.dedent(steps[name])]
        ended = subprocess.run(script, cwd=work, env=environ, capture_output=True, text=True)
        assert ended.returncode == code, ended.stdout + ended.stderr

    summary = (tmp_path / "summary").read_text(encoding="utf-8")
    told = re.search(r"`submission`: ([\d.]+) of (\d+) points", summary)
    assert told, summary
    assert 0 < float(told[1]) < int(told[2]) == KATAS[0].points
    fetched = re.findall(r"\$\{\{ runner\.temp \}\}/(\S+)", text)
    assert len(fetched) == 3
    assert [path for path in fetched if not (temp / path).is_file()] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gradescope", "--to", "pack"], "name something that ends with .zip"),
        (["container", "--to", "pack.zip"], "name something that does not end with .zip"),
        (["github", "--to", "katas.yml"], "--from OWNER/NAME@REF belongs to `dojo pack github`"),
        (["container", "--to", "pack", "--from", FROM], "belongs to `dojo pack github`"),
        (["github", "--to", "k.yml", "--from", "school/katas"], "no repository of GitHub"),
        (["github", "--to", "k.yml", "--from", "a/b@v1\npermissions: x"], "no repository"),
        (["github", "--to", "k.yml", "--from", FROM, "--hidden", "."], "could read these tests"),
        (["github", "--to", "there", "--from", FROM], "there: this file can't be made"),
        (["gradescope", "--to", "there.zip"], "this exists, and it is not replaced"),
        (["container", "--to", "full"], "this folder is not empty"),
        (["container", "--to", "new", "--hidden", "full"], "there is no suite for any"),
    ],
)
def test_what_can_not_be_made_is_said(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With exit code 2; nothing that was there is replaced, and nothing new is made."""
    (tmp_path / "full").mkdir()
    for name in ("there", "there.zip", "full/kept"):
        (tmp_path / name).write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.chdir(CLONE)
    name, to, target, *more = words
    more = [str(tmp_path / word) if word in ("full", ".") else word for word in more]

    assert cli.main(["pack", name, "--katas", "k102", to, str(tmp_path / target), *more]) == 2

    assert said in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "there").read_text() == (tmp_path / "there.zip").read_text() == "mine"


def test_the_command_makes_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And says what to do with it."""
    monkeypatch.chdir(CLONE)
    for name, target, more in (
        ("gradescope", "k102.zip", []),
        ("container", "grader", []),
        ("github", "katas.yml", ["--from", FROM]),
    ):
        place = tmp_path / target
        assert cli.main(["pack", name, "--katas", "k102", "--to", str(place), *more]) == 0
        assert f"{place} is made." in capsys.readouterr().out

    assert (tmp_path / "grader/grade").stat().st_mode & 0o111
    assert (tmp_path / "katas.yml").read_bytes() == packs.workflow(FROM, KATAS)
    with zipfile.ZipFile(tmp_path / "k102.zip") as pack:
        assert {"setup.sh", "run_autograder"} <= {*pack.namelist()}
