"""The URLs of a kata, each with arguments for curl: what its URLconf says, what kata.toml adds."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dojo.model import Kata

# An address of the site in arguments of curl: at the start of a word, quoted or not.
ADDRESS = re.compile(r"(?<![^\s'\"])/[^\s'\"]*")
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
# What stands in a URL for a parameter: by its name, or else by its converter.
BY_NAME = {"slug": "bridge-opens", "desk": "city", "year": "2026"}
BY_CONVERTER = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000"}


@dataclass(frozen=True)
class Address:
    """One URL of a kata.

    Attributes:
        route: As Django writes it, such as ``/k202/articles/<slug:slug>/``.
        curls: Arguments of curl that ask for it; the address of the site is left out.
    """

    route: str
    curls: tuple[str, ...]


def of(kata: Kata) -> list[Address]:
    """Return the URLs of *kata*, in the order of its URLconf. Django has to be set up.

    Arguments in kata.toml for a URL that there is not are left out: some need a later Django.

    Raises:
        Exception: Whatever comes out of importing the learner's files.
    """
    name = f"{kata.package}.urls"
    if importlib.util.find_spec(name) is None:
        return []
    urlconf = importlib.import_module(name)
    mount = f"/{kata.number}/"
    given: dict[str, list[str]] = {}
    for words in kata.curl:
        if (route := route_of(words, mount, urlconf)) is not None:
            given.setdefault(route, []).append(words)
    return [
        Address(f"{mount}{route}", tuple(given.get(route) or [f"-i {mount}{example(route)}"]))
        for route in dict.fromkeys(routes(urlconf.urlpatterns))
    ]


def routes(patterns: Sequence[Any], prefix: str = "") -> Iterator[str]:
    """Yield the routes of all views below *patterns*."""
    from django.urls import URLResolver

    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def route_of(words: str, mount: str, urlconf: Any) -> str | None:
    """Return the route that the address in arguments of curl leads to; None if to nothing."""
    from django.urls import Resolver404, resolve

    match = ADDRESS.search(words)
    path = match[0].partition("?")[0] if match else ""
    if not path.startswith(mount):
        return None
    try:
        return resolve(f"/{path.removeprefix(mount)}", urlconf).route
    except Resolver404:
        return None


def example(route: str) -> str:
    """Return a path that *route* matches, as far as converters tell."""
    return PARAMETER.sub(
        lambda part: BY_NAME.get(part[2]) or BY_CONVERTER.get(part[1], part[2]), route
    )


def command(words: str, origin: str) -> str:
    """Return the line for a shell: curl, with *origin* such as ``http://127.0.0.1:8000`` put in."""
    return "curl " + ADDRESS.sub(lambda match: origin + match[0], words, count=1)
