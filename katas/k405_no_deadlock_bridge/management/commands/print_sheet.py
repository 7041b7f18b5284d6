"""``manage.py print_sheet harbour``. Given."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from katas.k405_no_deadlock_bridge.bridge import load


class Command(BaseCommand):
    """Print the sheet of an article."""

    help = "Print the sheet of an article."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the article's slug."""
        parser.add_argument("slug")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what `load` returns."""
        sheet = load(options["slug"])
        self.stdout.write(f"{sheet.title}\n{sheet.kicker}\n{sheet.text}")
