"""What can be seen of k101 from outside: the judge plays the speaking clock."""

from dojo.blackbox import Draw, Site, check, expect_json, expect_status

SERVICES = ("katas.newsroom.upstream:speaking_clock.read",)
HELLO = "/k101/hello/"
MESSAGE = "hello from async view"


def moment(draw: Draw) -> str:
    """Return a time as the clock tells it."""
    return f"20{draw.randrange(10, 99)}-11-23T06:{draw.randrange(10, 60)}:00+00:00"


@check(task=2, involves=(1,))
async def hello_waits_for_the_clock_and_nobody_for_hello(site: Site, draw: Draw) -> None:
    """Readers wait for the clock side by side, and it is read once for each of them."""
    times = [moment(draw) for _ in range(3)]
    site.upstream.answer = lambda call: times[site.upstream.calls.index(call)]
    site.upstream.hold()

    async with (
        site.asked("GET", HELLO) as first,
        site.asked("GET", HELLO) as second,
        site.asked("GET", HELLO) as third,
    ):
        await site.upstream.together(3, first)
        site.upstream.release()
        answers = [await page.task for page in (first, second, third)]

    asked = len(site.upstream.calls)
    assert asked == 3, f"3 times GET {HELLO}: the clock was read {asked} times; expected 3."
    for response, time in zip(sorted(answers, key=lambda a: a.text), sorted(times), strict=True):
        expect_json(response, {"message": MESSAGE, "time": time})


@check(task=3)
async def hello_is_only_to_be_got(site: Site, draw: Draw) -> None:
    """Any other method than GET and HEAD is refused with 405."""
    time = moment(draw)
    site.upstream.answer = lambda call: time

    for method in draw.sample(("POST", "PUT", "PATCH", "DELETE"), 3):
        expect_status(await site.request(method, HELLO), 405)


@check(task=4, involves=(1, 2))
async def hello_is_signed(site: Site, draw: Draw) -> None:
    """The answer to GET carries the signature."""
    time = moment(draw)
    site.upstream.answer = lambda call: time

    response = await site.get(HELLO)
    expect_json(response, {"message": MESSAGE, "time": time})
    signature = response.headers.get("X-Newsroom")
    assert signature == "The Daily Async", (
        f"GET {HELLO} answered with X-Newsroom: {signature}; expected The Daily Async."
    )
