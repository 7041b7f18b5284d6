"""Settings of the site, and those that a kata's ``settings.py`` puts in their place."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any


def read(name: str) -> dict[str, Any]:
    """Return the upper-case names of the module called *name*; none if there is no such module."""
    if importlib.util.find_spec(name) is None:
        return {}
    module = importlib.import_module(name)
    return {key: value for key, value in vars(module).items() if key.isupper()}


def of_the_kata(slug: str) -> dict[str, Any]:
    """Return what the kata called *slug* changes in the site's settings."""
    return read(f"katas.{slug}.settings")
