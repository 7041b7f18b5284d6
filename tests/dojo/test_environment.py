"""The set-up of ``.venv``: what it says, what can go wrong, and that nothing is lost."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from dojo.shell import Ticker
from tests.dojo.house import CLONE, NO_PRIVILEGE
from tests.dojo.machine import PYTHON, Machine

# Real processes on a busy machine: five seconds, which suites get, may be too few.
pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Make a machine on which nothing has been set up."""
    return Machine.make(tmp_path)


def without_ensurepip(machine: Machine) -> str:
    """Return a PYTHONHOME whose library is this one's, but as Debian ships it."""
    library = Path(sysconfig.get_path("stdlib"))
    home = machine.folder / "debian" / sys.platlibdir / library.name
    home.mkdir(parents=True)
    for path in library.iterdir():
        if path.name not in ("ensurepip", "site-packages"):
            (home / path.name).symlink_to(path)
    return str(machine.folder / "debian")


def test_the_first_run_makes_the_environment_and_runs_the_command_there(machine: Machine) -> None:
    ended = machine.run("-m", "dojo", "list", "a b")

    assert ended.out == f"dojo list a b in {machine.venv}\n"
    assert ended.code == 7
    assert ended.err.splitlines()[1:-2] == [
        "[1/3] making the environment",
        "[2/3] installing the packages",
        "      fetching django",
        "[3/3] trying them",
    ]
    assert "Ready after" in ended.err
    assert "pip install --python" in (machine.venv / "dojo-setup.log").read_text()


def test_new_dependencies_are_installed(machine: Machine) -> None:
    machine.run()
    machine.require("json>=1")

    assert machine.run().code == 7
    assert len(machine.calls) == 2


def test_packages_that_cannot_be_imported_are_named(machine: Machine) -> None:
    machine.require("no-such-thing")
    ended = machine.run(python=(sys.executable,))

    assert ended.code == 3
    assert "can't be used: ModuleNotFoundError: No module named 'no_such_thing'" in ended.err
    assert "run the same command again" in ended.err.lower()


def test_without_ensurepip_the_package_to_install_is_named(machine: Machine) -> None:
    machine.remove_uv()
    machine.add_program("apt-get", "")
    ended = machine.run(PYTHONHOME=without_ensurepip(machine))

    assert ended.code == 2
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"`sudo apt install python{version}-venv`" in ended.err
    assert not machine.venv.exists()


def test_uv_needs_no_ensurepip(machine: Machine) -> None:
    assert machine.run(PYTHONHOME=without_ensurepip(machine)).code == 7


def test_without_network_it_says_so_and_the_next_run_goes_on(machine: Machine) -> None:
    machine.uv("echo '  cause: dns error'; exit 2")
    ended = machine.run(PYTHONHOME=without_ensurepip(machine))

    assert ended.code == 3
    assert "the package index does not answer (dns error)" in ended.err
    assert "run the same command again: nothing needs cleaning up" in ended.err
    machine.uv()
    assert machine.run().code == 7


@pytest.mark.parametrize("name", [".venv", ".dojo"])
def test_a_file_where_a_folder_has_to_be_is_left_alone(machine: Machine, name: str) -> None:
    (machine.clone / name).write_text("mine")
    ended = machine.run()

    assert ended.code == 2
    assert str(machine.clone / name) in ended.err
    assert "then run the same command again" in ended.err
    assert (machine.clone / name).read_text() == "mine"


def test_a_read_only_folder_is_named(machine: Machine) -> None:
    machine.clone.chmod(0o555)
    try:
        ended = machine.run(python=(PYTHON, "-c", NO_PRIVILEGE))
    finally:
        machine.clone.chmod(0o755)

    assert ended.code == 2
    assert f"{machine.clone / '.dojo'}: Permission denied." in ended.err
    assert "Make the folder writable" in ended.err


@pytest.mark.parametrize(("blow", "code"), [("INT", 130), ("KILL", -9), ("TERM", -15)])
def test_an_interrupted_set_up_is_done_anew(machine: Machine, blow: str, code: int) -> None:
    machine.uv(f': > "${{4%/*}}/half"; kill -{blow} $PPID')
    assert machine.run().code == code
    assert (machine.venv / "bin/half").exists()
    machine.uv()

    assert machine.run().code == 7
    assert not (machine.venv / "bin/half").exists()


def test_an_interrupt_is_answered_in_one_line(machine: Machine) -> None:
    machine.uv("kill -INT $PPID")
    ended = machine.run()

    assert ended.err.splitlines()[-1].startswith("Interrupted.")
    assert "Traceback" not in ended.err


def test_an_environment_of_the_user_is_kept(machine: Machine) -> None:
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", machine.venv], check=True)
    (machine.venv / "mine").write_text("mine")
    machine.uv("kill -INT $PPID")
    assert machine.run().code == 130
    machine.uv()

    assert machine.run().code == 7
    assert (machine.venv / "mine").read_text() == "mine"


def test_an_environment_whose_python_is_gone_is_mended(machine: Machine) -> None:
    machine.run()
    (machine.venv / "mine").write_text("mine")
    for name in ("python", "python3"):
        (machine.venv / "bin" / name).unlink()
    (machine.venv / "bin/python").symlink_to("/nowhere/python3")
    (machine.venv / "bin/python3").symlink_to("python")

    assert machine.run().code == 7
    assert (machine.venv / "mine").read_text() == "mine"


def test_two_terminals_set_up_once(machine: Machine) -> None:
    for name in ("begun", "go"):
        os.mkfifo(machine.folder / name)
    machine.uv(f'echo > "{machine.folder}/begun"; read go < "{machine.folder}/go"')
    with machine.start() as first:
        (machine.folder / "begun").read_text()
        with machine.start() as second:
            assert second.stderr is not None
            assert second.stderr.readline().startswith("Another terminal is setting the dojo up")
            (machine.folder / "go").write_text("\n")
            assert second.wait() == 7
        assert first.wait() == 7
    assert len(machine.calls) == 1


def test_the_parents_settings_do_not_reach_the_installation(machine: Machine) -> None:
    machine.uv('export -p > "$HOME/environ"')
    ended = machine.run(
        PYTHONHOME=sys.base_prefix,
        PYTHONPATH="/nowhere",
        VIRTUAL_ENV="/another",
        PIP_USER="1",
        PIP_REQUIRE_VIRTUALENV="1",
        PIP_TARGET="/elsewhere",
    )
    seen = (machine.folder / "environ").read_text().replace("'", "").replace('"', "")

    assert ended.out == f"dojo list in {machine.venv}\n"
    assert "export PIP_USER=0\n" in seen
    assert "export UV_PYTHON_DOWNLOADS=never\n" in seen
    assert not re.search(r"export (PYTHON|VIRTUAL_ENV|PIP_TARGET|PIP_REQUIRE)", seen)


def test_the_live_line_says_step_seconds_and_what_is_in_hand() -> None:
    ticker = Ticker(sys.stderr, steps=3)
    ticker.step("installing the packages")
    ticker.output("Collecting django<6.2,>=5.2 (from async-django-dojo==0.1.0)")

    assert ticker.line(seconds=2.4) == "[1/3] installing the packages  2 s  fetching django"


@pytest.mark.setup
@pytest.mark.timeout(300)
def test_pip_sets_up_the_whole_dojo_against_a_hostile_environment(machine: Machine) -> None:
    machine.remove_uv()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(CLONE / name, machine.clone)
    ended = machine.run(
        **os.environ
        | {
            "PATH": str(machine.folder / "bin"),
            "PYTHONHOME": sys.base_prefix,
            "PIP_USER": "1",
            "PIP_REQUIRE_VIRTUALENV": "1",
            "PIP_COMPILE": "0",  # most of what is installed is never imported here
            "VIRTUAL_ENV": "/another",
        }
    )

    assert ended.out == f"dojo list in {machine.venv}\n", ended.err
    assert "fetching django" in ended.err
    subprocess.run([machine.venv / "bin/python", "-c", "import django, tox"], check=True)


@pytest.mark.setup
@pytest.mark.timeout(120)
def test_pip_gives_up_at_once_where_the_index_does_not_answer(machine: Machine) -> None:
    machine.remove_uv()
    ended = machine.run(
        PIP_CONFIG_FILE=os.devnull, PIP_INDEX_URL="http://127.0.0.1:1/simple", PIP_NO_CACHE_DIR="1"
    )

    assert ended.code == 3
    assert "the package index does not answer" in ended.err
    assert "Connection refused" in ended.err
