"""Marks as plain tables and back: for the journal and the JSON report."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")

# Types of fields by class: to find them out takes longer than all else.
known: dict[type, dict[str, Any]] = {}


def to_table(mark: object) -> dict[str, Any]:
    """Return a dataclass as nested dicts, lists, strings and numbers: what JSON can say."""
    return {name: plain(getattr(mark, name)) for name in hints(type(mark))}


def plain(value: object) -> Any:
    """Return one value as JSON can say it."""
    if dataclasses.is_dataclass(value):
        return to_table(value)
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    return value


def from_table(kind: type[T], table: Mapping[str, Any]) -> T:
    """Return the dataclass *kind* that `to_table` made *table* of.

    Raises:
        KeyError, TypeError, ValueError: The table is not one.
    """
    return kind(**{name: typed(hint, table[name]) for name, hint in hints(kind).items()})


def typed(hint: Any, value: Any) -> Any:
    """Return *value* as the type that *hint* names."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return tuple(typed(inner[0], each) for each in value)
    if origin is types.UnionType:
        return None if value is None else typed(inner[0], value)
    if dataclasses.is_dataclass(hint):
        return from_table(typing.cast("type[Any]", hint), value)
    if origin is not None:  # a mapping of strings
        return dict(value)
    return hint(value)


def hints(kind: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields, by name."""
    if kind not in known:
        found = typing.get_type_hints(kind)
        known[kind] = {field.name: found[field.name] for field in dataclasses.fields(kind)}
    return known[kind]
