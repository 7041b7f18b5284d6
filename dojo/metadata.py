"""What a ``kata.toml`` may say; CONTRIBUTING.md describes it for authors."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from dojo.model import Problem

LEVELS = ("warm-up", "core", "advanced")
DATABASES = ("none", "memory", "file", "rowlock")
# Type, and the default of those that may be left out.
KEYS: dict[str, tuple[type, Any]] = {
    "title": (str, None),
    "concepts": (list, None),
    "requires": (list, None),
    "edit": (list, None),
    "may_add": (list, ()),
    "minutes": (int, None),
    "level": (str, None),
    "points": (int, None),
    "django": (str, ">=5.2"),
    "python": (str, ">=3.11"),
    "asgiref": (str, ">=3.8.1"),
    "database": (str, None),
    "sections": (list, None),
    "curl": (list, ()),
    "weights": (dict, {}),
}


def values(table: dict[str, Any]) -> dict[str, Any]:
    """Return the value of every key, with defaults; tuples stand for lists, pairs for tables."""
    return {key: frozen(table.get(key, default)) for key, (_, default) in KEYS.items()}


def frozen(value: Any) -> Any:
    """Return *value* as something that nobody can change."""
    if isinstance(value, dict):
        return tuple(value.items())
    return tuple(value) if isinstance(value, list) else value


def check(table: dict[str, Any], where: str) -> Iterator[Problem]:
    """Yield what is wrong with the keys and values of a ``kata.toml``."""
    for key in sorted(table.keys() - KEYS.keys()):
        near = difflib.get_close_matches(key, KEYS, 1)
        yield Problem(
            where,
            f"`{key}` is not a key of kata.toml.",
            f"Did you mean `{near[0]}`?" if near else "Remove it.",
        )
    for key, (kind, default) in KEYS.items():
        if key not in table:
            if default is None:
                yield Problem(where, f"`{key}` is missing.", f"Add `{key} = …`.")
        elif not fits(table[key], kind):
            wanted = {
                str: "a string",
                int: "a whole number",
                list: "a list of strings",
                dict: "a table such as { test_name = 3 }, of whole numbers from 0 on",
            }[kind]
            yield Problem(where, f"`{key}` is {table[key]!r}.", f"Make it {wanted}.")
        else:
            yield from check_value(key, table[key], where)


def fits(value: Any, kind: type) -> bool:
    """Tell whether *value* is of *kind*; a list is one of strings, and True is no number."""
    if isinstance(value, dict):
        return kind is dict and all(type(one) is int and one >= 0 for one in value.values())
    if isinstance(value, list):
        return kind is list and all(isinstance(item, str) for item in value)
    return type(value) is kind


def check_value(key: str, value: Any, where: str) -> Iterator[Problem]:
    """Yield what is wrong with a value that has the right type."""
    if key in {"level", "database"}:
        allowed = LEVELS if key == "level" else DATABASES
        if value not in allowed:
            yield Problem(where, f"`{key}` is {value!r}.", f"Use one of {', '.join(allowed)}.")
    if key in {"django", "python", "asgiref"}:
        # Few katas give a range, and every start reads all katas.
        from packaging.specifiers import InvalidSpecifier, SpecifierSet

        try:
            SpecifierSet(value)
        except InvalidSpecifier:
            yield Problem(where, f"`{key}` is {value!r}.", "Write it like `>=5.2,<6.2`.")
    if key == "curl":
        for words in value:
            if not any(word.startswith("/") for word in words_of(words)):
                yield Problem(
                    where,
                    f"`curl` has {words!r}, in which there is no address of the site.",
                    "Write it as for a shell, without `http://…`: `-X POST /k101/hello/`.",
                )
    if key in {"edit", "may_add"}:
        for name in value:
            path = PurePosixPath(name)
            if not path.parts or path.is_absolute() or ".." in path.parts:
                yield Problem(
                    where,
                    f"`{key}` names {name!r}, which is not inside the kata's folder.",
                    "Name files of the kata's own folder.",
                )


def words_of(line: str) -> list[str]:
    """Return the words of *line* as a shell would; none if a quotation does not end."""
    import shlex

    try:
        return shlex.split(line)
    except ValueError:
        return []
