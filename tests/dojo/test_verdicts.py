"""``python -m dojo.bench verdicts`` repeats proofs and counts the verdicts that differ."""

from collections.abc import Iterator

import pytest

from dojo import verify
from dojo.bench import verdicts
from dojo.verify import Job, Proof
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


def test_ctrl_c_ends_it_with_what_has_been_made(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hours of runs are not lost."""
    house.furnish()

    def interrupted(todo: list[Job], *_: object, **__: object) -> Iterator[Proof]:
        yield Proof(todo[0], ())
        raise KeyboardInterrupt

    monkeypatch.setattr(verify, "prove_all", interrupted)

    assert verdicts.main(["1", "--wrong", "none", "--repeats", "2", "--burners", "0"]) == 130

    *_, row, last = capsys.readouterr().out.splitlines()
    assert row.split()[:4] == [KATA, "4", "1", "0"]
    assert last == "Stopped: 1 of 8 proofs were made."


def test_a_kata_that_is_not_there_is_a_usage_error(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing runs; exit code 2."""
    house.furnish()

    assert verdicts.main(["9"]) == 2
    assert capsys.readouterr() == ("", "9: no kata is called that.\n")
