"""Every line for curl that `dojo serve` prints is answered by the reference answers."""

import json
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from dojo import catalogue
from dojo.model import Kata
from tests.dojo.house import CLONE, environment
from tests.dojo.served import AT_ONCE, LIMIT_S, Served

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

# Prints the arguments for curl of every kata below the current folder, as JSON.
LIST = """
import json, pathlib, django
from dojo import catalogue
from dojo.site import addresses, environment

environment.choose("", pathlib.Path("nowhere"))
django.setup()
katas = catalogue.load(pathlib.Path.cwd())
print(json.dumps({kata.slug: [[a.route, a.curls] for a in addresses.of(kata)] for kata in katas}))
"""
KATAS = catalogue.load(CLONE)
# The agency's embargo lasts an hour.
SILENT = {"k604"}
SILENCE_S = 1


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a clone in which every kata is solved, without its suites."""
    root = tmp_path_factory.mktemp("solved")
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(CLONE / "katas", root / "katas", ignore=ignore)
    for kata in KATAS:
        answer = catalogue.solutions(kata, CLONE).answer
        shutil.copytree(answer, root / "katas" / kata.slug, dirs_exist_ok=True, ignore=ignore)
    return root


@pytest.fixture(scope="module")
def listed(solved: Path) -> Mapping[str, list[tuple[str, list[str]]]]:
    """Return each kata's routes, and for each of them the arguments for curl."""
    command = [sys.executable, "-c", LIST]
    found = subprocess.run(command, cwd=solved, env=environment(), stdout=subprocess.PIPE)
    assert found.returncode == 0
    return {slug: [tuple(a) for a in each] for slug, each in json.loads(found.stdout).items()}


def ask(client: httpx.Client, line: str, *, timeout_s: float = LIMIT_S) -> None:
    """Do as curl does with the arguments *line*, and prove that no error 500 comes back.

    Of what comes without an end (-N), the first bytes are read.
    """
    words = iter(shlex.split(line))
    method, path, headers, data, streams = "", "", {"User-Agent": "curl"}, [], False
    for word in words:
        if word == "-d":
            data.append(next(words))
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-A":
            headers["User-Agent"] = next(words)
        elif word == "-X":
            method = next(words)
        elif word in ("-b", "-c"):
            next(words)  # the client keeps cookies in any case
        elif word == "-N":
            streams = True
        elif word != "-i":
            assert word.startswith("/"), f"{word} of {line}: add it here, as curl takes it"
            path = word
    if data:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    with client.stream(
        method or ("POST" if data else "GET"),
        path,
        headers=headers,
        content="&".join(data).encode() or None,
        timeout=timeout_s,
    ) as answer:
        first = next(answer.iter_raw(), b"") if streams else answer.read()
    assert answer.status_code < 500, f"{line}: {answer.status_code}\n{first.decode()}"
    assert first or not streams, f"{line}: nothing comes"


def ask_all(url: str, lines: Sequence[str]) -> None:
    """Ask for all of *lines*; those that wait for news are asked first, and get some."""
    publishing = [line for line in lines if "/publish/ " in f"{line} " and " -d " in f" {line}"]
    waiting = [line for line in lines if publishing and line not in publishing]
    with httpx.Client(base_url=url) as client, ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, client, line) for line in waiting]
        for line in lines:
            if line not in waiting:
                ask(client, line)
        limit = time.monotonic() + LIMIT_S
        while not all(one.done() for one in asked) and time.monotonic() < limit:
            for line in publishing:
                ask(client, line)
        for one in asked:
            one.result()


OWN = {
    kata.number
    for kata in KATAS
    if any((kata.folder / name).is_file() for name in ("settings.py", "asgi.py"))
}


@pytest.mark.parametrize("number", ["the others", *sorted(OWN)])
def test_every_line_for_curl_is_answered(
    solved: Path, listed: Mapping[str, list[tuple[str, list[str]]]], number: str
) -> None:
    """With the reference answers; katas with settings or an application of their own by themselves.

    What is given in kata.toml leads to a URL, but for what needs a later Django.
    """
    with Served(solved, "k101" if number == "the others" else number, code=AT_ONCE) as served:
        for kata in KATAS:
            if number == site_of(kata):
                ask_kata(served.url, kata, listed[kata.slug])


def site_of(kata: Kata) -> str:
    """Return which site *kata* is asked on."""
    return kata.number if kata.number in OWN else "the others"


def ask_kata(url: str, kata: Kata, routes: list[tuple[str, list[str]]]) -> None:
    """Ask for all lines of a kata, and prove that those of its kata.toml are among them."""
    lines = [line for _, curls in routes for line in curls]
    assert lines
    lost = [line for line in kata.curl if line not in lines and "/queued/" not in line]
    assert lost == []
    if kata.number not in SILENT:
        ask_all(url, lines)
        return
    with httpx.Client(base_url=url) as client:
        for line in lines:
            with pytest.raises(httpx.ReadTimeout):
                ask(client, line, timeout_s=SILENCE_S)
