"""`dojo serve`: the learner's own site, reloaded on every save, and gone with Ctrl-C."""

import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from dojo import cli
from tests.dojo.house import KATA, MAIN, House
from tests.dojo.served import IMPATIENT, LIMIT_S, PATIENT, Served

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

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
