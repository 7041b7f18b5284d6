"""Headers: what the browser and the proxies have to know."""

import pytest

from tests.k602_sse_feed.blog import Blog


async def header(blog: Blog, name: str) -> tuple[str, str]:
    """Return the call and the value of a response's header."""
    async with blog.reader() as reader:
        return reader.call, reader.headers.get(name, "")


@pytest.mark.task(2)
async def test_it_is_an_event_stream(blog: Blog) -> None:
    """The content type is text/event-stream."""
    call, value = await header(blog, "content-type")

    media_type, _, parameter = value.lower().replace(" ", "").partition(";")
    assert media_type == "text/event-stream", (
        f"{call}: Content-Type {value!r}; expected 'text/event-stream'."
    )
    assert parameter.replace('"', "") in ("", "charset=utf-8"), (
        f"{call}: Content-Type {value!r}; expected no parameter besides 'charset=utf-8'."
    )


@pytest.mark.task(2)
async def test_nobody_caches_it(blog: Blog) -> None:
    """Cache-Control has no-cache."""
    call, value = await header(blog, "cache-control")

    directives = [directive.strip().lower() for directive in value.split(",")]
    assert "no-cache" in directives, f"{call}: Cache-Control {value!r}; expected 'no-cache'."


@pytest.mark.task(2)
async def test_nginx_does_not_gather(blog: Blog) -> None:
    """X-Accel-Buffering is no."""
    call, value = await header(blog, "x-accel-buffering")

    assert value.strip().lower() == "no", f"{call}: X-Accel-Buffering {value!r}; expected 'no'."
