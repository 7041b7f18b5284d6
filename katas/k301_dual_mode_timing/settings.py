"""Settings for a look in the browser: the site, with `timing_middleware` around all of it. Given.

Name this module in DJANGO_SETTINGS_MODULE and start ``uvicorn katas.config.asgi:application``.
"""

from katas.config.settings import *  # noqa: F403
from katas.config.settings import MIDDLEWARE as OF_THE_SITE

MIDDLEWARE = ["katas.k301_dual_mode_timing.middleware.timing_middleware", *OF_THE_SITE]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "newsroom.timing": {"handlers": ["console"], "level": "INFO"},
        # Tells what Django adapts while it loads the middleware, as long as DEBUG is on.
        "django.request": {"handlers": ["console"], "level": "DEBUG", "propagate": False},
    },
}
