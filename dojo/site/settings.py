"""Settings of the served site: the project's, those of the kata in their place, and a database.

The parts that differ come in by the environment, since each reload is a new process.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from typing import Any

from dojo.site import environment


def upper(name: str) -> dict[str, Any]:
    """Return the upper-case names of the module called *name*; none if there is no such module."""
    if importlib.util.find_spec(name) is None:
        return {}
    module = importlib.import_module(name)
    return {key: value for key, value in vars(module).items() if key.isupper()}


of_the_kata = upper(f"katas.{slug}.settings") if (slug := os.environ.get(environment.KATA)) else {}
globals().update(upper("katas.config.settings") | of_the_kata)

# Not the learner's own db.sqlite3: this one lasts as long as the server.
DATABASES: dict[str, dict[str, Any]] = globals()["DATABASES"]
DATABASES["default"] |= {"NAME": os.environ[environment.DATABASE]}
DEFAULT_EXCEPTION_REPORTER = "dojo.site.errors.Reporter"
