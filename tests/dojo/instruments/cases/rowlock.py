# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""What the row-lock backend promises, two connections at a time."""

import functools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError

from dojo.instruments.sqlite_rowlock import lock
from tests.dojo.instruments.site.models import Account

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("rowlock"),
]


@pytest.fixture
def other():
    """Run a function in another thread, with a connection of its own."""

    def run(function, *args, **kwargs):
        try:
            return function(*args, **kwargs)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        yield functools.partial(pool.submit, run)


@pytest.fixture
def waiting():
    """Set when a thread starts to wait for the lock."""
    event = threading.Event()

    def listen(waits):
        if waits:
            event.set()

    lock.listeners.append(listen)
    yield event
    lock.listeners.remove(listen)


@pytest.fixture(autouse=True)
def account(db):
    return Account.objects.create(pk=1, balance=1)


def locked():
    return Account.objects.select_for_update().get(pk=1)


@transaction.atomic
def add_locked():
    account = locked()
    account.balance += 1
    account.save()


def test_outside_a_transaction():
    with pytest.raises(TransactionManagementError):
        locked()


def test_marker_in_the_sql(queries):
    with transaction.atomic():
        locked()
    assert "/* FOR UPDATE */" in queries[-1].sql


def test_waits_for_the_other_lock(other, waiting):
    with transaction.atomic():
        account = locked()
        future = other(add_locked)
        assert waiting.wait(5)
        account.balance = 10
        account.save()
        assert not future.done()
    future.result()
    assert Account.objects.get().balance == 11


def test_sees_what_was_committed_after_an_earlier_read(other):
    with transaction.atomic():
        assert Account.objects.get().balance == 1
        other(add_locked).result()
        assert Account.objects.get().balance == 2
        add_locked()
    assert Account.objects.get().balance == 3


def test_plain_read_does_not_wait(other):
    with transaction.atomic():
        locked()
        Account.objects.update(balance=5)
        assert other(lambda: Account.objects.get().balance).result() == 1


def test_reading_transaction_locks_nothing(other):
    with transaction.atomic():
        assert Account.objects.exists()
        with transaction.atomic():
            assert Account.objects.exists()
        other(add_locked).result()


def test_nowait(other):
    def try_lock():
        with transaction.atomic():
            Account.objects.select_for_update(nowait=True).get()

    with transaction.atomic():
        locked()
        with pytest.raises(OperationalError, match="database is locked"):
            other(try_lock).result()
    other(try_lock).result()


def test_waits_no_longer_than_its_time_out(other, waiting):
    def write():
        connection.settings_dict["OPTIONS"]["timeout"] = 0.05
        Account.objects.update(balance=2)

    with transaction.atomic():
        locked()
        with pytest.raises(OperationalError, match="database is locked"):
            other(write).result()
    assert waiting.is_set()


@pytest.mark.parametrize("first", [locked, lambda: Account.objects.update(balance=2)])
def test_lock_ends_with_a_rollback(other, first):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        first()
        1 / 0
    other(add_locked).result()
    assert Account.objects.get().balance == 2


def test_lock_ends_with_the_connection(other):
    def lock_and_go():
        transaction.set_autocommit(False)
        locked()
        connection.close()

    other(lock_and_go).result()
    add_locked()


def test_write_outside_a_transaction_waits(other, waiting):
    with transaction.atomic():
        locked()
        future = other(Account.objects.update, balance=7)
        assert waiting.wait(5)
    future.result()
    assert Account.objects.get().balance == 7


# Renamed in Django 6.1.
savepoint = getattr(transaction, "savepoint_create", None) or transaction.savepoint


class TestSavepoints:
    def test_rolled_back_before_the_first_write(self):
        with transaction.atomic():
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                Account.objects.exists()
                1 / 0
            Account.objects.update(balance=2)
        assert Account.objects.get().balance == 2

    def test_rolled_back_after_a_write_inside(self):
        with transaction.atomic():
            Account.objects.exists()
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                with transaction.atomic():
                    Account.objects.update(balance=2)
                1 / 0
            assert Account.objects.get().balance == 1
        assert Account.objects.get().balance == 1

    def test_kept_outer_write(self):
        with transaction.atomic():
            Account.objects.update(balance=2)
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                Account.objects.update(balance=3)
                1 / 0
        assert Account.objects.get().balance == 2

    def test_by_hand(self):
        with transaction.atomic():
            first = savepoint()
            second = savepoint()
            Account.objects.update(balance=2)
            transaction.savepoint_rollback(second)
            assert Account.objects.get().balance == 1
            Account.objects.update(balance=3)
            transaction.savepoint_commit(first)
        assert Account.objects.get().balance == 3

    def test_released_before_the_first_write(self):
        with transaction.atomic():
            sid = savepoint()
            transaction.savepoint_commit(sid)
            Account.objects.update(balance=2)
        assert Account.objects.get().balance == 2


def test_error_inside_atomic_get_or_create():
    Account.objects.get_or_create(pk=2)
    Account.objects.get_or_create(pk=2)
    Account.objects.update_or_create(pk=2, defaults={"balance": 3})
    assert Account.objects.get(pk=2).balance == 3
