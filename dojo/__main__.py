"""``python3 -m dojo``: starts the dojo, whatever state the machine is in.

Kept to syntax that Python 3.6 reads: an old Python has to get as far as the message below.
"""

import glob
import os
import shlex
import subprocess
import sys

NEEDED = (3, 11)
# Minor versions in the order in which they are recommended: first those that tox tests.
MINORS = (13, 12, 11, 14, 15, 16)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def newer_pythons() -> "list[str]":
    """Return what may be a Python that is new enough, the best first."""
    home = os.path.expanduser("~")
    pyenv = os.environ.get("PYENV_ROOT") or os.path.join(home, ".pyenv")
    folders = [
        *os.get_exec_path(),
        os.path.join(pyenv, "versions", "3.*", "bin"),
        os.path.join(os.path.dirname(sys.base_prefix), "*3.*", "bin"),
        os.path.join(home, ".local/share/uv/python/cpython-3.*/bin"),
        os.path.join(home, ".local/bin"),
        "/usr/local/bin",
        "/opt/homebrew/bin",
    ]
    return [
        path
        for minor in MINORS
        for folder in folders
        for path in sorted(glob.glob(os.path.join(folder, f"python3.{minor}")))
    ]


def works(python: str) -> bool:
    """Tell whether *python* runs; pyenv's shims often do not."""
    command = [python, "-I", "-c", ""]
    try:
        return subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0  # noqa: S603
    except OSError:
        return False


def explain_too_old() -> str:
    """Return what is wrong and what to do about it."""
    version = "{}.{}.{}".format(*sys.version_info[:3])
    facts = f"This is Python {version} ({sys.executable}); the dojo needs 3.{NEEDED[1]} or later.\n"
    python = next(filter(works, newer_pythons()), None)
    if python is None:
        return facts + (
            "None was found on this machine. Install one from https://www.python.org/downloads/,\n"
            "or with `apt install python3`, `brew install python`, `uv python install` or "
            "`pyenv install`.\nThen run the same command again with it.\n"
        )
    start = ["-m", "dojo"] if os.getcwd() == ROOT else [os.path.join(ROOT, "dojo")]
    command = " ".join(map(shlex.quote, [python, *start, *sys.argv[1:]]))
    return facts + f"This machine has a newer one; run:\n\n    {command}\n\n"


if __name__ == "__main__":
    if sys.version_info < NEEDED:
        sys.stderr.write(explain_too_old())
        sys.exit(2)
    if not __package__:
        # Run by path, `python3 clone/dojo`: Python has put this folder on the path, not the clone.
        sys.path[0] = ROOT
    from dojo.bootstrap import main

    sys.exit(main(sys.argv[1:]))
