"""A real server, and a connection that is really dropped."""

import http.client
import json
import queue
import socket
from contextlib import closing
from dataclasses import asdict
from typing import TypeVar
from urllib.parse import urlencode

import pytest

from dojo.instruments.patience import Stopwatch
from dojo.instruments.uvicorn_server import Server
from tests.k501_long_poll_disconnect.boards import KeptBoard
from tests.k501_long_poll_disconnect.night import FIRST, Serve
from tests.k501_long_poll_disconnect.readers import CANCELLED

Item = TypeVar("Item")

URL = "/results/?after=0"
# Real seconds, that only a wrong answer uses up.
PATIENCE_S = 2.0
LOOK_S = 0.05

NOT_WAITING = f"`news()` of its place was not called within {PATIENCE_S:g} s"


def soon(items: "queue.Queue[Item]", *, otherwise: str) -> Item:
    """Return the next item; fail if it does not come."""
    __tracebackhide__ = True
    watch = Stopwatch()
    while not watch.is_over(PATIENCE_S):
        try:
            return items.get(timeout=LOOK_S)
        except queue.Empty:
            continue
    pytest.fail(f"GET {URL} of a real server: {otherwise}", pytrace=False)


def publish(server: Server) -> None:
    """Publish a result, as the desk does: on the server's loop."""
    with closing(http.client.HTTPConnection(server.host, server.port)) as desk:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        desk.request("POST", "/publish/", urlencode(asdict(FIRST)), headers)
        desk.getresponse().read()


@pytest.mark.task(4)
@pytest.mark.realtime
def test_a_dropped_connection(serve: Serve, server: Server) -> None:
    """On a real uvicorn, the place of a reader whose connection drops is the next reader's."""
    board = KeptBoard(1, delay_s=0.001)
    night = serve(board)
    with socket.create_connection((server.host, server.port)) as connection:
        connection.sendall(f"GET {URL} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        soon(board.waiting, otherwise=f"{NOT_WAITING}; the reader has to wait with it (task 1).")

    over = soon(night.left, otherwise="the view goes on without its reader; expected it to end.")
    assert (over.how, over.taken) == (CANCELLED, 0), (
        f"GET {URL} of a real server, whose reader dropped the connection: {over.how}; places "
        f"still taken when the view was over: {over.taken}; expected CancelledError, and 0."
    )

    with closing(http.client.HTTPConnection(server.host, server.port)) as second:
        second.request("GET", URL)
        soon(board.waiting, otherwise=f"{NOT_WAITING}, by the next reader (task 1).")
        publish(server)
        response = second.getresponse()
        status, body = response.status, response.read()
    told = f"GET {URL} of a real server, by the next reader, when result 1 was published: answered"
    assert status == 200, f"{told} {status}; expected 200."
    assert json.loads(body) == asdict(FIRST), f"{told} {body!r}; expected {asdict(FIRST)}."
