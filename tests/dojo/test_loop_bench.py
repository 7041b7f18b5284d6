"""``python -m dojo.bench loop`` measures a save in a terminal beside commands that start afresh."""

from __future__ import annotations

import pytest

from dojo.bench import loop
from tests.dojo.house import KATA, House

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]


def test_measures_each_way_and_leaves_the_kata_alone(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line for each way; what the learner has written and solved stays as it is."""
    house.furnish()
    before = {path: path.read_bytes() for path in house.root.rglob("*") if path.is_file()}

    assert loop.main(["k101", "--repeats", "1"]) == 0

    head, *rows = capsys.readouterr().out.splitlines()
    assert head.startswith(f"{KATA}, wrong answer ")
    ways = {row.split()[0]: [float(cell) for cell in row.split()[1:]] for row in rows[-3:]}
    assert [*ways] == ["watching", "once", "pytest"]
    assert all(0 < median <= worst for median, worst in ways.values())
    assert before == {path: path.read_bytes() for path in house.root.rglob("*") if path.is_file()}


def test_a_kata_that_is_not_there_is_a_usage_error(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing runs; exit code 2."""
    house.furnish()

    assert loop.main(["k999"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "No kata is called 'k999'." in err
