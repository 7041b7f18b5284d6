"""Ready-made set-ups for grading elsewhere: on Gradescope, on GitHub, in a container.

The files in the folders of this package are laid down as they are, beside a copy of the project
that has the chosen katas, their suites and the grader, and no answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from dojo import export
from dojo.grading import kit
from dojo.model import DojoError, ExitCode, Kata

GRADESCOPE, GITHUB, CONTAINER = "gradescope", "github", "container"
NAMES = (GRADESCOPE, GITHUB, CONTAINER)
PROJECT, HIDDEN = "project", "hidden"
# What GitHub allows in names, and what needs no quotes in YAML.
SOURCE = re.compile(r"([A-Za-z0-9][\w.-]*/[A-Za-z0-9_.-]+)@([A-Za-z0-9][\w./-]*)", re.ASCII)


def with_project(
    name: str, root: Path, katas: Sequence[Kata], hidden: Path | None = None
) -> dict[str, bytes]:
    """Return the files of the pack *name*, which grades *katas*, by path.

    Args:
        hidden: Instructor's folder with further suites, as ``<slug>/test_*.py``.

    Raises:
        DojoError: *hidden* holds no suite for these katas, or a kata can't be copied.
    """
    files = {path.name: path.read_bytes() for path in (resources.files(__name__) / name).iterdir()}
    project = export.tree(root, katas, first="")
    files |= {f"{PROJECT}/{path}": data for path, data in project.items()}
    for slug, suites in kit.hidden_suites(hidden, katas).items():
        files |= {f"{PROJECT}/{HIDDEN}/{slug}/{path.name}": path.read_bytes() for path in suites}
    return files


def workflow(source: str, katas: Sequence[Kata] = ()) -> bytes:
    """Return GitHub's workflow file, which fetches the suites from *source*, ``OWNER/NAME@REF``.

    Args:
        katas: To be graded; all that *source* has, if there are none.

    Raises:
        DojoError: *source* is not such a name.
    """
    match = SOURCE.fullmatch(source)
    if match is None:
        raise DojoError(
            f"--from {source}: this is no repository of GitHub with a tag, branch or commit.\n"
            "Write it as OWNER/NAME@REF: where students can read the suites, such as the "
            "repository that `dojo branch learners` was pushed to.",
            code=ExitCode.USAGE,
        )
    numbers = ",".join(kata.number for kata in katas)
    words = {
        "@REPOSITORY@": match[1],
        "@REF@": f"'{match[2]}'",  # a commit's number is not to be read as one
        "@KATAS@": f"--katas {numbers} " if numbers else "",
    }
    text = (resources.files(__name__) / GITHUB / "katas.yml").read_text(encoding="utf-8")
    return re.sub("|".join(words), lambda found: words[found[0]], text).encode()
