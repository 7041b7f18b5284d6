"""The site's settings with this kata's middleware and log filter. Given.

``python manage.py runserver --settings=katas.k303_request_id_context.settings``
"""

from katas.config.settings import *  # noqa: F403
from katas.config.settings import MIDDLEWARE as MIDDLEWARE_OF_THE_SITE

# First, so that everything that comes after it runs with the id.
MIDDLEWARE = [
    "katas.k303_request_id_context.request_ids.request_id_middleware",
    *MIDDLEWARE_OF_THE_SITE,
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "katas.k303_request_id_context.request_ids.RequestIdFilter"},
    },
    "formatters": {"line": {"format": "[{request_id}] {name}: {message}", "style": "{"}},
    "handlers": {
        # On the handler: a logger's own filters do not see the records of the loggers below it.
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": "line",
        },
    },
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "katas": {"handlers": ["console"], "level": "INFO"},
    },
}
