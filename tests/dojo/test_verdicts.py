"""``python -m dojo.bench verdicts`` repeats proofs and counts the verdicts that differ."""

import pytest

from dojo.bench import verdicts
from tests.dojo.house import KATA, SOLVED, House

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]


def test_counts_runs_and_different_verdicts(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sound kata ends with 0 and 0; an answer that gets the wrong verdict is said once."""
    house.furnish()
    words = ["1", "--wrong", "none"]

    assert verdicts.main([*words, "--repeats", "1", "--burners", "1"]) == 0
    row = capsys.readouterr().out.splitlines()[-1].split()
    assert row[:4] == [KATA, "4", "4", "0"]

    assert verdicts.main([*words, "--repeats", "1", "--burners", "0", "--accepted", "9/9"]) == 0
    row = capsys.readouterr().out.splitlines()[-1].split()
    assert row[:4] == [KATA, "2", "2", "0"]

    house.write(f"katas/{KATA}/views.py", SOLVED)
    assert verdicts.main([*words, "--repeats", "2", "--burners", "0"]) == 1
    out = capsys.readouterr().out
    assert out.count("the suite passes on the stub") == 1
    assert out.splitlines()[-1].split()[:4] == [KATA, "4", "8", "2"]


def test_a_kata_that_is_not_there_is_a_usage_error(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing runs; exit code 2."""
    house.furnish()

    assert verdicts.main(["9"]) == 2
    assert capsys.readouterr() == ("", "9: no kata is called that.\n")
