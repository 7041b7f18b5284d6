"""The site's settings, with the newsroom's own middleware. Given.

DJANGO_SETTINGS_MODULE=katas.k302_modernise_the_stack.settings
"""

from katas.config.settings import *  # noqa: F403

MIDDLEWARE = [
    "katas.k302_modernise_the_stack.middleware.Paywall",
    "katas.k302_modernise_the_stack.middleware.embargo",
    "katas.k302_modernise_the_stack.middleware.Edition",
]
