"""A speaking clock whose every answer is a fresh random token, so that it can't be guessed."""

import pytest

from dojo.instruments.service import Service
from katas.newsroom import upstream


@pytest.fixture
def speaking_clock(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """Put the fake service behind the clock that `urls.py` hands to the view."""

    async def read() -> str:
        return await service.fetch("time", label="clock.read()")

    monkeypatch.setattr(upstream.speaking_clock, "read", read)
    return service
