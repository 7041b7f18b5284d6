"""The site's settings with ids for requests, in the log too. Given."""

from katas.config.settings import *  # noqa: F403
from katas.config.settings import MIDDLEWARE as MIDDLEWARE_OF_THE_SITE

MIDDLEWARE = [
    "katas.k506_background_work.request_ids.request_id_middleware",
    *MIDDLEWARE_OF_THE_SITE,
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "katas.k506_background_work.request_ids.RequestIdFilter"},
    },
    "formatters": {"line": {"format": "[{request_id}] {name}: {message}", "style": "{"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": "line",
        },
    },
    "loggers": {"katas": {"handlers": ["console"], "level": "INFO"}},
}
