"""What the commands show of a run."""

from dojo import catalogue
from dojo.cli import screen
from dojo.model import Case, Result, Run, State
from tests.dojo.house import CLONE


def failed(name: str, message: str, where: str = "views.py:3") -> Result:
    """Return what became of a test."""
    case = Case(f"test_views.py::test_{name}", f"{name.title()}.", 1)
    return Result(case, State.FAILED, message, "NameError", where)


def test_the_same_facts_are_told_once() -> None:
    """Of a test that fails as one above does, the first line alone: one cause may fail them all."""
    kata = catalogue.find(catalogue.load(CLONE), "k101")
    results = (
        failed("one", "name 'desk' is not defined"),
        failed("two", "name 'desk' is not defined"),
        failed("three", "name 'desk' is not defined", "views.py:7"),
        failed("four", "name 'desk' is not defined"),
        failed("five", "short", ""),
        failed("six", "short", ""),
    )

    text = screen.verdict(kata, Run(results), all_failures=True).plain

    assert text.partition("\n\n")[2].splitlines() == [
        "FAIL  One. (task 1)",
        "      NameError: name 'desk' is not defined",
        "      at views.py:3",
        "",
        "FAIL  Two. (task 1)",
        "      NameError: name 'desk' is not defined … as above",
        "",
        "FAIL  Three. (task 1)",
        "      NameError: name 'desk' is not defined",
        "      at views.py:7",
        "",
        "FAIL  Four. (task 1)",
        "      NameError: name 'desk' is not defined … as above",
        "",
        "FAIL  Five. (task 1)",
        "      NameError: short",
        "",
        "FAIL  Six. (task 1)",
        "      NameError: short",
    ]
