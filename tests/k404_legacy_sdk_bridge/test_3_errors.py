"""Errors: what happens to one caller concerns no other."""

import pytest

from katas.k404_legacy_sdk_bridge.wire import WireError
from tests.k404_legacy_sdk_bridge.agency import Agency, outcome, passed_on

KINDS = (WireError, KeyError, ConnectionError, TimeoutError)


@pytest.mark.task(2)
@pytest.mark.parametrize("kind", KINDS)
async def test_an_error_reaches_its_caller(agency: Agency, kind: type[Exception]) -> None:
    """What the client raises comes out of that call as it is; the next one is answered."""
    async with agency.bridge() as bridge:
        error = agency.fails("fetch(1)", kind("no such story"))
        call = agency.call(bridge, 1)
        await agency.soon(call)
        assert passed_on(call, error), (
            f"story(1), for which the client raises {error!r}: it {outcome(call)}; "
            f"expected the very object that was raised.{agency}"
        )

        await agency.answer(bridge, 2)

    logins = agency.messages.count("login")
    assert logins == 1, f"story(1) fails, then story(2): {logins} logins; expected 1.{agency}"


@pytest.mark.task(2)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_login_that_failed_is_tried_again(agency: Agency, kind: type[Exception]) -> None:
    """What `connect` raises comes out of the first call; the second one logs in anew."""
    async with agency.bridge() as bridge:
        error = agency.fails("login", kind("out of order"))
        call = agency.call(bridge, 1)
        await agency.soon(call)
        assert passed_on(call, error), (
            f"story(1), for which connect() raises {error!r}: it {outcome(call)}; "
            f"expected the very object that was raised.{agency}"
        )

        await agency.answer(bridge, 2)
