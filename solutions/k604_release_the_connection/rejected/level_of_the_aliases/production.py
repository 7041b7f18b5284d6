"""The databases of the production site, a part of its settings.

The kata's own site does not use it. Its settings are those of `katas/config/settings.py`.
"""

from typing import Any

DATABASES: dict[str, Any] = {
    "CONN_MAX_AGE": 0,
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "newsroom",
        "USER": "newsroom",
        "HOST": "db.internal",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 3},
    },
    "archive": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": "/srv/newsroom/archive.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {"timeout": 20},
    },
}
