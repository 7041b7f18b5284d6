"""Compare an answer with what is expected; whatever a site answers, a message comes of it."""

from __future__ import annotations

import json
from typing import Any

import httpx

# Characters of an answer that a message shows.
SHOWN = 400


def expect_status(response: httpx.Response, status: int, when: str = "") -> None:
    """Raise AssertionError if the answer has another status; *when* says under which conditions."""
    assert response.status_code == status, (
        f"{asked(response)}{when} answered {response.status_code}; expected {status}."
    )


def expect_json(
    response: httpx.Response, expected: Any, *, status: int = 200, when: str = ""
) -> None:
    """Raise AssertionError unless the answer has this status and says *expected* in JSON."""
    expect_status(response, status, when)
    said = as_json(response)
    assert said == expected, (
        f"{asked(response)}{when} answered {repr(said)[:SHOWN]}; expected {expected!r}."
    )


def as_json(response: httpx.Response) -> Any:
    """Return what the answer says in JSON.

    Raises:
        AssertionError: It is no JSON.
    """
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        said = response.content[:SHOWN]
        raise AssertionError(f"{asked(response)} answered {said!r}; expected JSON.") from None


def said(response: httpx.Response, key: str) -> Any:
    """Return what the answer's JSON says under *key*.

    Raises:
        AssertionError: It is no JSON, or has no such key.
    """
    found = as_json(response)
    assert isinstance(found, dict) and key in found, (  # noqa: PT018
        f"{asked(response)} answered {repr(found)[:SHOWN]}; expected the key {key!r}."
    )
    return found[key]


def asked(response: httpx.Response) -> str:
    """Return method and path of the request."""
    request = response.request
    return f"{request.method} {request.url.raw_path.decode('ascii')}"
