"""The middleware called directly: whatever comes out of `get_response` is logged and handed on."""

import asyncio
import logging
import time
from collections.abc import Callable

import pytest
from django.http import HttpResponse

from dojo.instruments.clock import Clock
from tests.k301_dual_mode_timing.conftest import LOGGER
from tests.k301_dual_mode_timing.direct import MODES, THE_SAME, Below, StoppedError, handed_on
from tests.k301_dual_mode_timing.serving import HEADER

Logged = Callable[[], list[str]]


@pytest.mark.task(4)
@pytest.mark.parametrize("prefix", ["", "/newsroom"])
@pytest.mark.parametrize("mode", MODES)
async def test_the_record_tells_method_and_path(mode: str, prefix: str, logged: Logged) -> None:
    """Another method than GET, a percent sign and the site's prefix are logged as they are."""
    below = Below(HttpResponse())
    came = await handed_on(mode, below, method="POST", url="/100%25s/", prefix=prefix)

    expected = [f"INFO POST {prefix}/100%s/ 200 100.00 ms"]
    site = f", of a site with the script name {prefix}," if prefix else ""
    assert logged() == expected, (
        f"POST {prefix}/100%25s/{site} with {mode} get_response: newsroom.timing logged "
        f"{logged()}, and out of timing_middleware came {came}; expected the record {expected}. "
        "(task 4)"
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("headers", [{}, {HEADER: "1.00"}])
async def test_header_and_record_tell_the_same(headers: dict[str, str], logged: Logged) -> None:
    """A log that takes time, or a response that has the header: both tell the same duration."""

    def slowly(record: logging.LogRecord) -> bool:
        time.sleep(0.05)
        return True

    response = HttpResponse(headers=headers)
    logger = logging.getLogger(LOGGER)
    logger.addFilter(slowly)
    try:
        came = await handed_on("sync", Below(response))
    finally:
        logger.removeFilter(slowly)

    seen = (response.headers.get(HEADER), logged())
    expected = ["INFO GET /direct/ 200 100.00 ms"]
    assert seen == ("100.00", expected), (
        f"sync get_response of 0.1 s, whose response came with the headers {headers}, with a log "
        f"that takes 0.05 s: {HEADER} {seen[0]}, "
        f"newsroom.timing logged {seen[1]}, and out of timing_middleware came {came}; expected "
        f"100.00 and {expected}. (task 4)"
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("kind", [StoppedError, asyncio.CancelledError, ValueError])
@pytest.mark.parametrize("mode", MODES)
async def test_any_exception_is_logged_and_goes_on_as_it_came(
    mode: str, kind: type[BaseException], logged: Logged, clock: Clock
) -> None:
    """An exception of any class comes out at once, itself and no copy, and is logged by then."""
    came = await handed_on(mode, Below(kind("on purpose")))

    seen = (came, logged(), clock.now)
    expected = [f"INFO GET /direct/ {kind.__name__} 100.00 ms"]
    assert seen == (THE_SAME, expected, 0.1), (
        f"{mode} get_response that raises {kind.__name__} after 0.1 s: out of timing_middleware "
        f"came {seen[0]} at {seen[2]} s, and newsroom.timing had logged {seen[1]}; expected "
        f"{THE_SAME} at 0.1 s, and {expected}. (task 4)"
    )
