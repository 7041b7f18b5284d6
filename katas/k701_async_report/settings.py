"""What this kata changes in the site's settings. Given.

``python3 -m dojo serve k701`` applies it, and so does the suite.
"""

# The id first, so that whatever comes after it runs with it. The line of the access log next, so
# that its duration is that of everything below.
MIDDLEWARE = [
    "katas.k701_async_report.request_ids.request_id_middleware",
    "katas.k701_async_report.access_log.access_log_middleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "newsroom": {"handlers": ["console"], "level": "INFO"},
        # Tells what Django adapts while it loads the middleware, as long as DEBUG is on.
        "django.request": {"handlers": ["console"], "level": "DEBUG", "propagate": False},
    },
}
