"""How late the parts of a stream arrive."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import pytest

from katas.k304_stack_audit.audit import lags
from katas.k304_stack_audit.servers import Serve
from tests.k304_stack_audit.lines import DELAY_S, LATENCY_S, in_pairs, slow_line, slow_site
from tests.k304_stack_audit.places import asgi, wsgi

# Django warns of what this kata is about.
pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning")

Opened = Callable[[], AbstractContextManager[Serve]]


def check(opened: Opened, pauses: Sequence[float], expected: Sequence[float], where: str) -> None:
    """Fail unless the parts of a stream with *pauses* are *expected* to be so late."""
    with opened() as serve:
        found = [round(lag, 6) for lag in lags(serve, pauses)]
    assert found == list(expected), (
        f"lags(serve, pauses={list(pauses)}), serve being {where}: {found}; "
        f"expected {list(expected)}. (task 4)"
    )


@pytest.mark.task(4)
def test_under_asgi_parts_arrive_as_they_are_made() -> None:
    """Under ASGI no part is late."""
    check(asgi, [0.1, 0.3, 0.2], [0, 0, 0], "ASGIHandler")
    check(asgi, [0.5, 0.1], [0, 0], "ASGIHandler")


@pytest.mark.task(4)
def test_under_wsgi_parts_wait_for_the_last_one() -> None:
    """Under WSGI each part is late by all that is made after it."""
    check(wsgi, [0.1, 0.3, 0.2], [0.5, 0.2, 0], "WSGIHandler")
    check(wsgi, [0.4, 0.1], [0.1, 0], "WSGIHandler")


@pytest.mark.task(4)
def test_sees_what_a_proxy_holds_back() -> None:
    """Behind a proxy that passes parts on two by two, every other part is late."""
    check(in_pairs, [0.1, 0.3, 0.2, 0.4], [0.3, 0, 0.4, 0], "a proxy in front of ASGIHandler")


@pytest.mark.task(4)
def test_sees_a_slow_line() -> None:
    """Over a slow line each part is late by the time that it takes."""
    check(slow_line, [0.1, 0.2], [LATENCY_S, LATENCY_S], "a slow line from ASGIHandler")


@pytest.mark.task(4)
def test_counts_from_when_a_part_is_made() -> None:
    """What takes its time before a part is made does not make the part late."""
    where = (
        f"ASGIHandler, with middleware that takes {DELAY_S} s before the view and after each part"
    )
    check(slow_site, [0.1, 0.3, 0.2], [0, 0, 0], where)
