"""What an object and its modules keep: all that can be reached from them, counted name by name."""

import gc
from asyncio import AbstractEventLoop
from logging import Logger
from types import FunctionType, ModuleType
from typing import Any

from django.core.cache.backends.base import BaseCache

from katas.k606_stampede_cache import single_flight, views
from katas.k606_stampede_cache.single_flight import SingleFlightCache

MODULES = (single_flight, views)


def kept_by(once: SingleFlightCache) -> dict[str, int]:
    """Return how many objects hang on each name of *once*, of its class and of the modules."""
    gc.collect()
    roots: dict[str, Any] = {f"self.{name}": value for name, value in attributes(once).items()}
    for module in MODULES:
        short = module.__name__.rpartition(".")[2]
        roots |= {f"{short}.{name}": value for name, value in vars(module).items()}
    return {name: count(value) for name, value in roots.items() if not name.endswith("__")}


def attributes(once: SingleFlightCache) -> dict[str, Any]:
    """Return what stands on the object, whether it has slots or not."""
    slots = [name for kind in type(once).__mro__ for name in getattr(kind, "__slots__", ())]
    return {name: getattr(once, name, None) for name in slots} | getattr(once, "__dict__", {})


def count(root: Any) -> int:
    """Return how many objects can be reached from *root*, itself included."""
    seen: dict[int, Any] = {}
    found = [root]
    while found:
        one = found.pop()
        if id(one) not in seen:
            seen[id(one)] = one
            if not is_elsewhere(one):
                found += gc.get_referents(one)
    return len(seen)


def is_elsewhere(one: Any) -> bool:
    """Say whether what hangs on it is no matter of the modules: the cache, a loop, other code."""
    if isinstance(one, ModuleType | BaseCache | AbstractEventLoop | Logger):
        return True
    if isinstance(one, type | FunctionType):
        return one.__module__ not in {module.__name__ for module in MODULES}
    return False
