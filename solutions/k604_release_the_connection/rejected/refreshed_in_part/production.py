"""The databases of the production site, a part of its settings.

The kata's own site does not use it. Its settings are those of `katas/config/settings.py`.
"""

from typing import Any

# CONN_MAX_AGE is 0 in both, as it would be by default: under ASGI each request has a thread of its
# own, so that a connection which is kept is never used again, and never closed.
# https://docs.djangoproject.com/en/6.0/ref/databases/#persistent-database-connections
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "newsroom",
        "USER": "newsroom",
        "HOST": "db.internal",
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 3},
    },
    "archive": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": "/srv/newsroom/archive.sqlite3",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"timeout": 20},
    },
}
