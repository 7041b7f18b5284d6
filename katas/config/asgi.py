"""ASGI entry point: ``uvicorn katas.config.asgi:application``."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "katas.config.settings")

application = get_asgi_application()
