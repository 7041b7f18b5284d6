"""The row-lock backend keeps its promises, and agrees with PostgreSQL on eight solutions."""

import ast

import pytest

from tests.dojo.instruments.child import HERE, run
from tests.dojo.instruments.test_databases import needs_postgres

pytestmark = pytest.mark.timeout(300)

PROMISES = [
    node.name
    for node in ast.walk(ast.parse((HERE / "cases" / "rowlock.py").read_text()))
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
]


@pytest.mark.parametrize("name", PROMISES)
def test_keeps_its_promise(name: str) -> None:
    """What two connections see of each other."""
    outcomes = {
        case: outcome
        for case, outcome in run("rowlock.py").outcomes.items()
        if case.partition("[")[0] == name
    }
    assert outcomes
    for outcome in outcomes.values():
        assert outcome.state == "passed", outcome.text


@pytest.mark.parametrize("database", ["rowlock", pytest.param("postgres", marks=needs_postgres)])
def test_judges_as_postgres_does(database: str) -> None:
    """Five wrong solutions lose an update or fail, three right ones do not: the same on both."""
    outcomes = run("races.py", f"--db={database}").outcomes
    assert len(outcomes) == 11
    for outcome in outcomes.values():
        assert outcome.state == "passed", outcome.text
