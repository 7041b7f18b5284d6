"""WSGI entry point, for the katas that compare the two worlds."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "katas.config.settings")

application = get_wsgi_application()
