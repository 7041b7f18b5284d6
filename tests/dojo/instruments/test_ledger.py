"""A ledger: entries in order, in stretches, and in words."""

from dojo.instruments.ledger import Ledger


def test_stretch_holds_what_happens_inside_it() -> None:
    """And stays readable afterwards; stretches nest."""
    ledger: Ledger[str] = Ledger(["before"])
    with ledger.during() as outer:
        ledger.append("outside")
        with ledger.during() as inner:
            ledger.append("inside")
            assert list(inner) == ["inside"]
    ledger.append("after")
    assert list(outer) == ["outside", "inside"]
    assert list(inner) == ["inside"]
    assert list(ledger) == ["before", "outside", "inside", "after"]


def test_stretch_survives_the_clearing_of_the_ledger() -> None:
    """A test may forget its own set-up in the middle of one."""
    ledger: Ledger[str] = Ledger()
    with ledger.during() as stretch:
        ledger.append("one")
        ledger.clear()
    assert list(stretch) == ["one"]
    assert not ledger


def test_is_explained_in_one_line_a_fact() -> None:
    """Call, what was seen, what was expected, the task, and the entries."""
    ledger = Ledger(["this", "that"])
    assert ledger.explain("GET /", expected="none", task=2) == (
        "GET /: 2 entries; expected none. (task 2)\n  1. this\n  2. that"
    )
    assert ledger[:1].explain("GET /", expected="none") == (
        "GET /: 1 entry; expected none.\n  1. this"
    )
    assert repr(ledger) == "<2 entries>"
