"""A class behind the gate: the same, for each method."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Permission

from katas.newsroom.models import Article
from tests.k605_auth_session_gate.accounts import EDITORS, change_password, deactivate, withdraw
from tests.k605_auth_session_gate.conftest import DRAFTS, Visit
from tests.k605_auth_session_gate.site import Answer, Visitor, expect_async

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]

URL = "/desk/"
#: How the URLs of the suite hand over what they have found.
GIVEN = {
    "/pages/rain/3/": "with slug and number by name",
    "/pages/rain/": "with slug by its place, as of a group without a name",
}


async def ask(visitor: Visitor, method: str) -> Answer:
    """Send a request to the desk; a POST files a draft called news."""
    fields = {"slug": "news", "body": "It snows."} if method == "POST" else None
    return await visitor.ask(method, URL, fields)


@sync_to_async
def slugs() -> list[str]:
    """Return what lies on the desk."""
    drafts = Article.objects.filter(status=Article.Status.DRAFT).order_by("slug")
    return list(drafts.values_list("slug", flat=True))


async def expect_refusal(visitor: Visitor, method: str, status: int, why: str) -> None:
    """Fail unless the desk refuses, in JSON, and leaves everything as it was."""
    __tracebackhide__ = True
    answer = await ask(visitor, method)

    answer.expect(status, task=2, why=why)
    if method != "HEAD":
        assert answer.content, f"{answer}, without a JSON object; expected one. (task 2)"
    drafts = await slugs()
    assert drafts == [*DRAFTS], f"{answer}; drafts: {drafts}; expected {[*DRAFTS]}. (task 2)"


@pytest.mark.task(2)
@pytest.mark.parametrize(
    ("method", "name"),
    [("GET", "nobody"), ("HEAD", "nobody"), ("POST", "nobody"), ("POST", "stranger")],
)
async def test_desk_asks_to_sign_in(visit: Visit, method: str, name: str) -> None:
    """Whoever has not signed in gets a 401 in JSON, and nothing is filed."""
    await expect_refusal(await visit(name), method, 401, "nobody has signed in")


@pytest.mark.task(2)
@pytest.mark.parametrize(
    ("method", "name"), [("GET", "eve"), ("HEAD", "cleo"), ("POST", "cleo"), ("POST", "fay")]
)
async def test_desk_is_forbidden(visit: Visit, method: str, name: str) -> None:
    """Who has signed in and lacks the permission gets a 403 in JSON, and nothing is filed."""
    why = "signed in, without newsroom.add_article"
    await expect_refusal(await visit(name), method, 403, why)


@pytest.mark.task(2)
@pytest.mark.parametrize("name", ["dan", *EDITORS])
async def test_desk_lists_drafts(visit: Visit, name: str) -> None:
    """Who has the permission, by herself, by her group or as superuser, sees the drafts."""
    answer = await (await visit(name)).get(URL)

    answer.expect(200, task=2, drafts=[*DRAFTS], editor=name)


@pytest.mark.task(2)
async def test_desk_takes_drafts(visit: Visit) -> None:
    """Who has the permission files a draft."""
    answer = await ask(await visit("ada"), "POST")

    answer.expect(201, task=2, slug="news", editor="ada")
    drafts = await slugs()
    assert drafts == [*DRAFTS, "news"], (
        f"{answer}; drafts: {drafts}; expected {[*DRAFTS, 'news']}. (task 2)"
    )


@pytest.mark.task(2)
@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("OPTIONS", 200), ("PUT", 405)])
async def test_other_methods_of_the_desk(visit: Visit, method: str, status: int) -> None:
    """Who has the permission gets what a view answers to the other methods."""
    answer = await ask(await visit("ada"), method)

    answer.expect(status, task=2, why="that is what View does")


@pytest.mark.task(2)
async def test_two_at_the_desk(visit: Visit, read_gate: Callable[..., Any]) -> None:
    """Two requests whose permissions are read at the same time each have their own account."""
    ada, ben = await visit("ada"), await visit("ben")

    answers = await read_gate(Permission).race(ada.get(URL), ben.get(URL))

    for answer, name in zip(answers, ("ada", "ben"), strict=True):
        answer.expect(200, task=2, why="ada and ben came at the same time", editor=name)


@pytest.mark.task(2)
@pytest.mark.parametrize(
    ("change", "status", "done"),
    [
        (partial(withdraw, codename="add_article"), 403, "her permission was withdrawn"),
        (deactivate, 401, "she was deactivated"),
        (change_password, 401, "her password was changed"),
    ],
    ids=["withdraw", "deactivate", "change_password"],
)
async def test_desk_asks_anew(
    visit: Visit, change: Callable[[str], Awaitable[None]], status: int, done: str
) -> None:
    """What has changed since the last request counts: the permission, the account, its password."""
    ada = await visit("ada")
    (await ada.get(URL)).expect(200, task=2)
    await change("ada")

    answer = await ada.get(URL)

    answer.expect(status, task=2, why=f"{done} after the last request")


@pytest.mark.task(2)
@pytest.mark.parametrize("url", GIVEN)
@pytest.mark.parametrize(("name", "status"), [("nobody", 401), ("cleo", 403), ("ada", 200)])
async def test_gate_of_another_class(
    visit: Visit, settings: Any, name: str, status: int, url: str
) -> None:
    """The gate guards all handlers of any subclass, inherited ones too, with its permission."""
    settings.ROOT_URLCONF = "tests.k605_auth_session_gate.pages"
    visitor = await visit(name)

    why = f"a subclass of the suite, with permission = 'newsroom.view_article', {GIVEN[url]}"
    page = {"page": 3} if status == 200 else {}
    for method in ("DELETE", "PUT", "PATCH", "GET"):
        answer = await visitor.ask(method, url)
        answer.expect(status, task=2, why=why, **page)
    answer = await visitor.ask("HEAD", url)
    answer.expect(status, task=2, why=why)


@pytest.mark.task(2)
async def test_desk_stays_async() -> None:
    """The class is an async view."""
    expect_async(URL, task=2)
