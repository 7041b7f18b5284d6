"""Answers that are not finished: the reference, with one function or one file as in the stub.

So learners hand in who have not come to the end. No task that they have done may be suspected for
what they have left: see `dojo.grading.judge.contradicted`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

# Lines of a function with its decorators, counted from 0: the first, and the one behind it.
Lines = tuple[int, int]


def answers(
    stub: Mapping[str, str], reference: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the unfinished answers of a kata, each with a name such as ``views.desk``.

    Args:
        stub: Texts of the files that learners edit, by name relative to the kata's folder.
        reference: The same of the reference answer, and whatever other files it has.
    """
    for name, left in stub.items():
        done = reference.get(name, left)
        if done == left or not name.endswith(".py"):
            continue
        if len(reference) > 1:
            yield name, {**reference, name: left}
        here, there = functions(done), functions(left)
        for function in (name for name in here if name in there):
            text = with_lines(done, here[function], left, there[function])
            if text != done:
                yield f"{name.removesuffix('.py')}.{function}", {**reference, name: text}


def functions(text: str) -> dict[str, Lines]:
    """Return where the functions and methods of a module are, by their qualified names."""
    found: dict[str, Lines] = {}

    def look(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                look(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min(line.lineno for line in (node, *node.decorator_list))
                found[f"{prefix}{node.name}"] = (first - 1, node.end_lineno or node.lineno)

    look(ast.parse(text).body, "")
    return found


def with_lines(text: str, lines: Lines, other: str, others: Lines) -> str:
    """Return *text* with some lines of *other* in the place of some of its own."""
    own = text.splitlines(keepends=True)
    own[slice(*lines)] = other.splitlines(keepends=True)[slice(*others)]
    return "".join(own)
