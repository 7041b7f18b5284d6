# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""Tests that end while threads of theirs are in the middle of the database."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from dojo.instruments.simulation import REAL
from tests.dojo.instruments.site.models import Account

KINDS = [pytest.param(kind, marks=pytest.mark.database(kind)) for kind in ("memory", "file")]

pytestmark = pytest.mark.django_db(transaction=True)


def read(begun):
    while True:
        for account in Account.objects.all():
            account.balance
        begun.set()


def write(begun):
    while True:
        with transaction.atomic():
            Account.objects.filter(pk=1).update(balance=2)
        begun.set()


def raw(begun):
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT * FROM site_account").fetchall()
            begun.set()


def until_refused(work, begun):
    try:
        work(begun)
    except DatabaseError:
        pass
    finally:
        # In memory, the second writer may be refused at once: nobody is to wait for its beginning.
        begun.set()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("work", [read, write, raw])
@pytest.mark.parametrize("turn", range(8))
def test_left_at_work(work, kind, turn):
    Account.objects.bulk_create(Account(balance=n) for n in range(200))
    for _ in range(2):
        begun = threading.Event()
        threading.Thread(target=until_refused, args=[work, begun], daemon=True).start()
        begun.wait()
    REAL.sleep(0.001 * turn)


@pytest.mark.parametrize("turn", range(3))
def test_afterwards(turn):
    assert Account.objects.count() == 0
    Account.objects.create()
