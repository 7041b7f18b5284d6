"""Settings of the served site: the project's, those of the kata in their place, and a database.

The parts that differ come in by the environment, since each reload is a new process.
"""

from __future__ import annotations

import os
from typing import Any

from dojo import overrides
from dojo.site import environment

globals().update(overrides.read("katas.config.settings"))
if slug := os.environ.get(environment.KATA):
    globals().update(overrides.of_the_kata(slug))

# Not the learner's own db.sqlite3: this one lasts as long as the server.
DATABASES: dict[str, dict[str, Any]] = globals()["DATABASES"]
DATABASES["default"] |= {"NAME": os.environ[environment.DATABASE]}
DEFAULT_EXCEPTION_REPORTER = "dojo.site.errors.Reporter"
