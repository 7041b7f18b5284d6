"""The plugin stands alone."""

import ast
import sys

import pytest

import dojo.instruments
from tests.dojo.instruments.child import ROOT

INSTRUMENTS = ROOT / "dojo" / "instruments"
THIRD_PARTY = {
    "asgiref",
    "django",
    "httpx",
    "pytest",
    "pytest_asyncio",
    "pytest_timeout",
    "uvicorn",
}


@pytest.mark.parametrize(
    "name", [path.relative_to(INSTRUMENTS).as_posix() for path in INSTRUMENTS.rglob("*.py")]
)
def test_imports_nothing_of_the_rest(name: str) -> None:
    """A module imports its siblings, the standard library, and what the package depends on."""
    allowed = {*sys.stdlib_module_names, *THIRD_PARTY}
    for node in ast.walk(ast.parse((INSTRUMENTS / name).read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for imported in names:
            ours = imported.startswith(f"{dojo.instruments.__name__}.")
            assert ours or imported.partition(".")[0] in allowed, f"{name} imports {imported}"
