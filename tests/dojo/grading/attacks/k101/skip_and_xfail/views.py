"""Be skipped, or expected to fail, in every test."""

import pytest


def signed(view):
    pytest.importorskip("no_such_module")


async def hello(request, clock):
    if request.method == "GET":
        pytest.skip("not today")
    pytest.xfail("known to fail")
