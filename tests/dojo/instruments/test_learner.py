"""Whose code is accused."""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest

from dojo.instruments import learner


@pytest.fixture(autouse=True)
def nobody_accused() -> Iterator[None]:
    """Start, and end, with the default."""
    accused = learner._accused
    learner.set_accused([])
    yield
    learner.set_accused(accused)


@pytest.mark.parametrize(
    "filename",
    [asyncio.__file__, django.__file__, pytest.__file__, learner.__file__, "<string>", ""],
)
def test_what_is_installed_is_never_accused_by_itself(filename: str) -> None:
    """Python, packages and the dojo."""
    assert not learner.is_learner(filename)


def test_everything_else_is_accused_by_default() -> None:
    """Also a folder whose name starts like ours."""
    assert learner.is_learner(__file__)
    assert learner.is_learner(str(Path(learner.__file__).parents[1]) + "-katas/views.py")


def test_only_the_named_files_and_folders_are_accused(tmp_path: Path) -> None:
    """Once there are any."""
    learner.set_accused([tmp_path / "answer", tmp_path / "views.py"])
    assert learner.is_learner(str(tmp_path / "answer" / "deep" / "down.py"))
    assert learner.is_learner(str(tmp_path / "views.py"))
    assert not learner.is_learner(str(tmp_path / "urls.py"))
    assert not learner.is_learner(__file__)


def test_the_direct_caller_is_found_through_the_standard_library() -> None:
    """`json` calls back here, so this file is direct; from Django it would not be."""
    frames = []

    class Encoder(json.JSONEncoder):
        def default(self, o: object) -> object:
            frames.append(sys._getframe().f_back)
            return None

    json.dumps(object(), cls=Encoder)
    for find in (learner.direct_learner_caller, learner.nearest_learner_frame):
        frame = find(frames[0])
        assert frame is not None
        assert frame.f_code.co_filename == __file__


def test_nobody_looks_further_out_than_to_what_calls_tests(tmp_path: Path) -> None:
    """What started the session is no part of the code under test."""
    names: dict[str, Any] = {"look": lambda: learner.nearest_learner_frame(sys._getframe(1))}
    source = "def call(inner):\n    return inner()\n"
    found = []
    for caller in ("_pytest/python.py", "other/python.py"):
        exec(compile(source, str(tmp_path / "site-packages" / caller), "exec"), names)
        found.append(names["call"](names["look"]))

    assert found[0] is None
    assert found[1] is not None
    assert found[1].f_code.co_filename == __file__


def test_a_spot_reads_like_a_line_of_code() -> None:
    """Path, line, function, source."""
    spot = learner.spot(sys._getframe())
    assert (spot.function, spot.source) == (
        "test_a_spot_reads_like_a_line_of_code",
        "spot = learner.spot(sys._getframe())",
    )
    assert str(spot).endswith(f":{spot.line} in {spot.function}: `{spot.source}`")


def test_an_error_is_told_with_the_last_line_of_the_learner(tmp_path: Path) -> None:
    """Neither that of the test, which caught it, nor that of the library that raised it."""
    answer = tmp_path / "answer.py"
    answer.write_text("import json\n\n\ndef load():\n    return json.loads('{')\n")
    names: dict[str, Any] = {}
    exec(compile(answer.read_text(), str(answer), "exec"), names)
    learner.set_accused([answer])
    with pytest.raises(ValueError, match="Expecting") as caught:
        names["load"]()

    first, second = learner.told(caught.value).splitlines()
    assert first.startswith("JSONDecodeError: Expecting property name")
    assert second == f"    at {answer}:5 in load: `return json.loads('{{')`"
