"""Refuses async database tests whose rows would leak into other tests.

Plain ``django_db`` rolls back what the main thread wrote. An async test's ORM runs in another
thread, on another connection, and commits.
"""

from __future__ import annotations

import pytest
import pytest_asyncio

ADVICE = (
    "{name} is an async test with a database, and nothing would roll back what it writes: the ORM "
    "runs in another thread, on a connection of its own. Write\n"
    "    @pytest.mark.django_db(transaction=True)\n"
    "or ask for the fixture transactional_db instead of db."
)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a leaking test before it does anything.

    Raises:
        pytest.fail.Exception: With what to write instead.
    """
    if not isinstance(item, pytest.Function) or not pytest_asyncio.is_async_test(item):
        return
    marker = item.get_closest_marker("django_db")
    transactional = {"transactional_db", "django_db_reset_sequences"} & set(item.fixturenames)
    if marker is not None and not transactional:
        # The signature of the marker: django_db(transaction=False, reset_sequences=False, ...).
        arguments = dict(zip(("transaction", "reset_sequences"), marker.args, strict=False))
        arguments |= marker.kwargs
        transactional = {name for name in ("transaction", "reset_sequences") if arguments.get(name)}
    elif marker is None and "db" not in item.fixturenames:
        return
    if not transactional:
        pytest.fail(ADVICE.format(name=item.name), pytrace=False)
