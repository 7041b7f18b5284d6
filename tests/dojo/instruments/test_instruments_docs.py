"""Every example of ``docs/instruments.md`` runs, and fails with the words that the page shows."""

import ast
import importlib
import re
from dataclasses import dataclass

import pytest

from dojo.instruments import plugin
from tests.dojo.instruments.child import ROOT, Run, run

PAGE = ROOT / "docs" / "instruments.md"

# One of the tests waits for the child, which has a limit of its own.
pytestmark = pytest.mark.timeout(150)
BLOCK = re.compile(
    r"^```python *(\w*)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True)
class Example:
    """A block of code, and the lines of the message that it fails with, if it shall fail."""

    code: str
    message: tuple[str, ...]

    @property
    def tests(self) -> list[str]:
        """The names of its tests."""
        return re.findall(r"^(?:async )?def (test_\w+)", self.code, re.MULTILINE)


def examples() -> tuple[str, list[Example]]:
    """Return what stands before each example, and the examples."""
    preamble, found = "", []
    for kind, code, message in BLOCK.findall(PAGE.read_text()):
        if kind == "preamble":
            preamble += code
        else:
            found.append(Example(code, tuple(filter(None, message.splitlines()))))
    return preamble, found


PREAMBLE, EXAMPLES = examples()


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run all examples in one child, each in a file of its own."""
    folder = tmp_path_factory.mktemp("examples")
    # The preamble goes into a module, so that line 1 of an example is line 1 of its file.
    (folder / "preamble.py").write_text(PREAMBLE)
    (folder / "conftest.py").write_text(
        "import preamble\n\n"
        "def pytest_pycollect_makemodule(module_path, parent):\n"
        "    import builtins\n"
        "    vars(builtins).update({k: v for k, v in vars(preamble).items() if k[0] != '_'})\n"
    )
    for example in EXAMPLES:
        (folder / f"{example.tests[0]}.py").write_text(example.code)
    return run(str(folder), "-o", f"pythonpath={ROOT} {folder}")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.tests[0])
def test_example(outcomes: Run, example: Example) -> None:
    """It passes, or it fails with every line of the message beside it."""
    for name in example.tests:
        outcome = outcomes[name]
        # What is refused before it starts is an error to pytest, and a failure to its reader.
        expected = {"failed", "error"} if example.message else {"passed"}
        assert outcome.state in expected, outcome.text
        for line in example.message:
            assert line in outcome.text


def test_every_fixture_is_documented() -> None:
    """Whoever adds a fixture shows how to use it."""
    fixture = re.compile(r"^@pytest\.fixture.*\n(?:async )?def (\w+)", re.MULTILINE)
    modules = (ROOT / "dojo" / "instruments").glob("*.py")
    fixtures = {name for path in modules for name in fixture.findall(path.read_text())}
    page = PAGE.read_text()
    public = [name for name in fixtures if not name.startswith("_")]
    undocumented = [name for name in public if not re.search(rf"\b{name}\b", page)]
    assert {"clock", "service", "timeline"} <= fixtures
    assert not undocumented


def fixtures() -> dict[str, str]:
    """Return the public fixtures of the instruments and what their annotations say they return."""
    found = {}
    for name in plugin.MODULES:
        path = ROOT / f"{name.replace('.', '/')}.py"
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name[0] == "_":
                continue
            if any(
                re.match(r"pytest(_asyncio)?\.fixture", ast.unparse(each))
                for each in node.decorator_list
            ):
                found[node.name] = ast.unparse(node.returns) if node.returns else ""
    return found


def test_names_the_type_of_each_fixture() -> None:
    """All of them; each type by the module that it can be imported from."""
    page = PAGE.read_text().partition("## Types of the fixtures\n")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| `(.+)` \|$", page, re.MULTILINE))

    def plain(said: str) -> str:
        return re.sub(r"\b\w+\.", "", re.sub(r"^(?:Async)?Iterator\[(.+)\]$", r"\1", said))

    assert {name: plain(said) for name, said in rows.items()} == {
        name: plain(returned) for name, returned in fixtures().items()
    }
    for module, name in re.findall(r"((?:\w+\.)+)(\w+)", page):
        assert hasattr(importlib.import_module(module.rstrip(".")), name), f"{module}{name}"
