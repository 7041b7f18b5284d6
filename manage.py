#!/usr/bin/env python3
"""Django's own commands for the newsroom site: ``python manage.py migrate`` and so on."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "katas.config.settings")
    execute_from_command_line(sys.argv)
