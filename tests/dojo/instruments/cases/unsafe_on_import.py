# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""A solution that sets the variable when it is imported."""

import os

import pytest

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from tests.dojo.instruments.site.models import Account


@pytest.mark.django_db(transaction=True)
async def test_query():
    Account.objects.count()
