"""`dojo serve`: the learner's own site, reloaded on every save, and gone with Ctrl-C."""

import contextlib
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import pytest

from dojo import catalogue, cli
from dojo.model import Kata
from tests.dojo.house import CLONE, KATA, MAIN, House, environment

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

# For a start, which takes two seconds of one processor, on a machine that has no time.
LIMIT_S = 120
VIEWS = f"katas/{KATA}/views.py"
URLS = f"katas/{KATA}/urls.py"
OTHER = "k102_other"
PAGES = """
from django.urls import path

from katas.{slug} import views

urlpatterns = [
    path("number/", views.number),
    path("double/<int:number>/", views.double),
    path("article/<slug:slug>/", views.article),
    path("wait/", views.wait),
]
"""
ANSWER = """
import asyncio
import time

from django.http import HttpResponse, StreamingHttpResponse

from katas.newsroom.models import Article


async def number(request):
    return HttpResponse("one")


async def double(request, number):
    return HttpResponse(str(2 * number))


async def article(request, slug):
    return HttpResponse((await Article.objects.aget(slug=slug)).title)


async def wait(request):
    async def lines():
        yield "first\\n"
        await asyncio.Event().wait()

    return StreamingHttpResponse(lines())
"""

# An application that is slow to shut down is killed; here, it is slow if the machine is.
PATIENT = f"from dojo.site import server; server.PATIENCE_S = {LIMIT_S}; {MAIN}"
# Who waits for what never ends need not wait long.
IMPATIENT = f"from dojo.site import server; server.PATIENCE_S = 0.2; {MAIN}"
# Serves in the process itself: where nothing is saved, a second one only costs a second start.
AT_ONCE = f"""
from dojo.site import server

class AtOnce:
    def __init__(self, config, serve, sockets):
        self.run = lambda: serve(sockets)

server.Reload = AtOnce
{MAIN}"""
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


class Served:
    """A ``dojo serve`` in a process group of its own; reading waits, within a limit."""

    def __init__(self, root: Path, *words: str, code: str = MAIN) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-c", code, "serve", *words, "--port=0"],
            cwd=root,
            env=environment() | {"TMPDIR": str(root)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self.text = ""
        # One for all, as each reads the certificates; but no connection is kept.
        kept = httpx.Limits(max_keepalive_connections=0)
        self.client = httpx.Client(timeout=LIMIT_S, limits=kept)
        self.news = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.child.stdout
        with self.child.stdout as lines:
            for line in lines:
                with self.news:
                    self.text += line
                    self.news.notify_all()

    def __enter__(self) -> Self:
        self.wait_for("Started server process")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave no process behind, however the test ends."""
        if self.reader.is_alive():
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        self.reader.join(LIMIT_S)
        self.client.close()

    @property
    def url(self) -> str:
        """Where it listens, as its first line says."""
        return self.text.split("/  ", 1)[0]

    def wait_for(self, words: str, *, times: int = 1) -> None:
        """Wait until it has written *words* that often."""
        with self.news:
            assert self.news.wait_for(lambda: self.text.count(words) >= times, LIMIT_S), (
                f"no {words!r} (x {times}) in:\n{self.text}"
            )

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for a page."""
        return self.client.get(self.url + path, headers=headers)

    def get_anew(self, path: str, text: str) -> httpx.Response:
        """Ask for a page until it begins with *text*: a save takes a moment."""
        limit = time.monotonic() + LIMIT_S
        while True:
            with contextlib.suppress(httpx.TransportError):  # a restart
                answer = self.get(path)
                if answer.text.startswith(text):
                    return answer
            assert time.monotonic() < limit, f"no {text!r} from {path}, and this:\n{self.text}"
            time.sleep(0.05)

    def press_ctrl_c(self, number: int = signal.SIGINT) -> int:
        """Interrupt it as a terminal does, wait until no process is left, and return its code."""
        os.killpg(self.child.pid, number)
        code = self.child.wait(LIMIT_S)
        self.reader.join(LIMIT_S)
        assert not self.reader.is_alive(), "some process still holds the pipe"
        return code


def save(house: House, text: str) -> None:
    """Put *text* into the file to edit in one step, as most editors do."""
    new = house.write(f"{VIEWS}.new", text)
    os.replace(new, house.root / VIEWS)


@pytest.fixture
def site(house: House) -> House:
    """Make a dojo whose kata has pages."""
    house.furnish()
    house.write(URLS, PAGES.format(slug=KATA))
    house.write(VIEWS, ANSWER)
    return house


def test_a_learner_sees_each_save(site: House) -> None:
    """What to ask is printed first; a view that is saved answers; its own database is let alone."""
    own = site.write("db.sqlite3", "the learner's own")
    with Served(site.root) as served:
        assert served.text.startswith(
            f"{served.url}/  your site; it starts again on every save below katas/. "
            "Ctrl-C ends it.\n"
            "\n"
            "k101 Double\n"
            f"brief katas/{KATA}/README.md\n"
            "\n"
            "/k101/number/\n"
            f"  curl -i {served.url}/k101/number/\n"
            "/k101/double/<int:number>/\n"
            f"  curl -i {served.url}/k101/double/1/\n"
            "/k101/article/<slug:slug>/\n"
            f"  curl -i {served.url}/k101/article/bridge-opens/\n"
            "/k101/wait/\n"
            f"  curl -i {served.url}/k101/wait/\n"
            "\n"
        )
        assert served.get("/k101/number/").text == "one"
        assert served.get("/k101/article/bridge-opens/").text == "The bridge opens"
        served.wait_for('"GET /k101/number/ HTTP/1.1" 200 OK')

        for word in ("two", "six"):
            save(site, ANSWER.replace('"one"', f'"{word}"'))
            assert served.get_anew("/k101/number/", word).status_code == 200
        assert served.press_ctrl_c() == 0
        assert "Traceback" not in served.text
    assert own.read_text() == "the learner's own"


def test_a_syntax_error_waits_for_the_next_save(site: House) -> None:
    """The server goes on, the log and the answer say what and where, in few words."""
    with Served(site.root) as served:
        save(site, f"{ANSWER}\n\nasync def other(request:\n    pass\n")
        answer = served.get_anew("/k101/number/", "SyntaxError: '(' was never closed\n")
        assert answer.status_code == 500
        assert f"at {VIEWS}:" in answer.text
        served.wait_for(f"can't be loaded. {answer.text}Waiting for the next save.\n")
        assert "Traceback" not in served.text

        save(site, ANSWER)
        assert served.get_anew("/k101/number/", "one").status_code == 200


def test_what_can_not_be_imported_at_the_start_can_be_mended(site: House) -> None:
    """Nothing has to be started again; also an answer that leaves is only an error."""
    site.write(VIEWS, "import sys\n\nsys.exit(0)\n")
    with Served(site.root) as served:
        assert (
            "Its URLs can't be shown until this is mended:\n"
            f"SystemExit: 0\nat {VIEWS}:3: sys.exit(0)\n"
        ) in served.text
        assert served.get("/k101/number/").status_code == 500

        save(site, ANSWER)
        assert served.get_anew("/k101/article/harbour/", "Harbour").status_code == 200


def test_an_error_of_a_view_is_a_line_for_curl_and_a_page_for_a_browser(site: House) -> None:
    """Nobody reads Django's debug page in a terminal."""
    site.change(VIEWS, 'return HttpResponse("one")', 'raise NotImplementedError("task 1")')
    with Served(site.root) as served:
        answer = served.get("/k101/number/", Accept="*/*")
        page = served.get("/k101/number/", Accept="text/html,*/*")

    assert (answer.status_code, page.status_code) == (500, 500)
    assert answer.text.startswith(f"NotImplementedError: task 1\nat {VIEWS}:")
    assert page.text.lstrip().startswith("<!DOCTYPE html>")


def test_a_terminal_that_is_closed_ends_it(site: House) -> None:
    """And its database goes, as always."""
    with Served(site.root) as served:
        assert [*site.root.glob("dojo-*")]
        served.press_ctrl_c(signal.SIGHUP)
        assert [*site.root.glob("dojo-*")] == []


@pytest.mark.parametrize("view", ["stream", "blocked loop", "blocked thread"])
def test_ctrl_c_ends_what_goes_on(site: House, view: str) -> None:
    """An open stream, and what no event loop can call off; so does a save."""
    inside = site.fifo()
    block = f"open({str(inside)!r}, 'w').close(); time.sleep(1000)"
    if view == "blocked loop":
        site.change(VIEWS, "    async def lines():", f"    {block}\n\n    async def lines():")
    elif view == "blocked thread":
        site.change(
            VIEWS,
            "    async def lines():",
            f"    def block():\n        {block}\n\n    await asyncio.to_thread(block)\n\n"
            "    async def lines():",
        )

    def read() -> None:
        with served.client.stream("GET", f"{served.url}/k101/wait/") as answer:
            for line in answer.iter_lines():
                assert line == "first"
                inside.open("w").close()

    def wait() -> None:
        with pytest.raises(httpx.HTTPError):
            read()

    code = MAIN if view == "stream" else IMPATIENT
    with Served(site.root, code=code) as served, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(wait)
        inside.open().close()
        save(site, (site.root / VIEWS).read_text().replace('"one"', '"two"'))
        asked.result(LIMIT_S)
        served.get_anew("/k101/number/", "two")

        asked = pool.submit(wait)
        inside.open().close()
        assert served.press_ctrl_c() == 0
        asked.result(LIMIT_S)


def test_the_settings_and_the_application_of_a_kata_apply(site: House) -> None:
    """Of the kata that is served, and of no other."""
    site.add_kata(OTHER, solutions=False)
    site.write(f"katas/{OTHER}/urls.py", PAGES.format(slug=OTHER))
    site.write(f"katas/{OTHER}/views.py", ANSWER)
    site.write(
        f"katas/{OTHER}/settings.py",
        f"MIDDLEWARE = ['katas.{OTHER}.middleware.stamp']\nlower = 1\n",
    )
    site.write(
        f"katas/{OTHER}/middleware.py",
        """
        def stamp(get_response):
            async def middleware(request):
                response = await get_response(request)
                response["X-Stamp"] = "yes"
                return response

            return middleware


        stamp.async_capable, stamp.sync_capable = True, False
        """,
    )
    site.write(
        f"katas/{OTHER}/asgi.py",
        """
        from katas.config.asgi import application as django


        async def application(scope, receive, send):
            if scope["type"] != "lifespan":
                return await django(scope, receive, send)
            await receive()
            print("started up", flush=True)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            print("shut down", flush=True)
            await send({"type": "lifespan.shutdown.complete"})
        """,
    )
    with Served(site.root, "other", code=PATIENT) as served:
        assert "k102 Double\n" in served.text
        served.wait_for("started up")
        assert served.get("/k102/number/").headers["X-Stamp"] == "yes"
        assert served.press_ctrl_c() == 0
        assert "shut down" in served.text

    with Served(site.root) as served:
        assert "X-Stamp" not in served.get("/k102/number/").headers


def test_a_kata_without_urls_is_served_all_the_same(house: House) -> None:
    """And says so."""
    house.furnish()
    with Served(house.root) as served:
        assert "This kata has no URL of its own; the site is served all the same.\n" in served.text
        assert served.get("/").status_code == 200, "Django's own page, where there are no URLs"


def test_lines_of_the_metadata_take_the_place_of_the_generated(site: House) -> None:
    """For the URL that they lead to; what leads nowhere here is left out."""
    site.write_metadata(curl=["-N '/k101/wait/?x=1'", "-i -X POST /k101/wait/", "-i /k101/later/"])
    with Served(site.root) as served:
        url = served.url
        assert (
            f"/k101/wait/\n  curl -N '{url}/k101/wait/?x=1'\n  curl -i -X POST {url}/k101/wait/\n\n"
        ) in served.text
        assert f"  curl -i {url}/k101/number/\n" in served.text
        assert "later" not in served.text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["k110"], "No kata is called 'k110'.\nDid you mean k101_double?"),
        (["--port=70000"], "argument --port: invalid port value: '70000'"),
        (["--port=http"], "argument --port: invalid port value: 'http'"),
        (["--host=203.0.113.1"], "Port 8000 of 203.0.113.1 can't be had: "),
    ],
)
def test_what_can_not_be_served_is_said(
    house: House, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    """Exit code 2, and nothing starts."""
    try:
        code: object = cli.main(["serve", *words])
    except SystemExit as error:
        code = error.code

    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert message in err


def test_a_port_that_is_taken_is_named(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """With the option that chooses another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.main(["serve", f"--port={port}"]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"Port {port} of 127.0.0.1 is taken: another program listens there.\n")
    assert "`--port 0` for any that is free." in err


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
