"""A function behind the gate: 401, 403 or the page, asked anew for each request."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from tests.k605_auth_session_gate.accounts import (
    EDITORS,
    change_password,
    deactivate,
    withdraw,
)
from tests.k605_auth_session_gate.conftest import Visit
from tests.k605_auth_session_gate.site import expect_async

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]

URL = "/drafts/flood/"
#: How the URLs of the suite hand over what they have found.
GIVEN = {
    "/proofs/rain/3/": "with slug and number by name",
    "/proofs/rain/": "with slug by its place, as of a group without a name",
}


@pytest.mark.task(1)
async def test_draft_stays_async() -> None:
    """The page is an async view, with the gate before it."""
    expect_async(URL, task=1)


@pytest.mark.task(1)
@pytest.mark.parametrize("name", ["nobody", "stranger"])
async def test_draft_asks_to_sign_in(visit: Visit, name: str) -> None:
    """Whoever has not signed in gets a 401 in JSON, with or without a session."""
    answer = await (await visit(name)).get(URL)

    answer.expect(401, task=1, why="nobody has signed in")
    assert answer.content, f"{answer}, without a JSON object; expected one. (task 1)"


@pytest.mark.task(1)
@pytest.mark.parametrize("name", ["eve", "dan", "fay"])
async def test_draft_is_forbidden(visit: Visit, name: str) -> None:
    """Who has signed in and lacks the permission, whatever others she has, gets a 403 in JSON."""
    answer = await (await visit(name)).get(URL)

    answer.expect(403, task=1, why="signed in, without newsroom.change_article")
    assert answer.content, f"{answer}, without a JSON object; expected one. (task 1)"


@pytest.mark.task(1)
@pytest.mark.parametrize("name", ["cleo", *EDITORS])
async def test_draft_is_shown(visit: Visit, name: str) -> None:
    """Who has the permission, by herself, by her group or as superuser, gets the page."""
    answer = await (await visit(name)).get(URL)

    answer.expect(200, task=1, slug="flood", body="The flood.", editor=name)


@pytest.mark.task(1)
@pytest.mark.parametrize(("name", "status"), [("nobody", 401), ("eve", 403), ("ada", 404)])
async def test_draft_is_not_betrayed(visit: Visit, name: str, status: int) -> None:
    """Whether a draft exists is told to those alone who may see it."""
    answer = await (await visit(name)).get("/drafts/nothing/")

    answer.expect(status, task=1, why="the gate is before the page")


@pytest.mark.task(1)
async def test_one_after_the_other(visit: Visit) -> None:
    """Each request is judged by its own account, whoever came before."""
    ada, eve, nobody = await visit("ada"), await visit("eve"), await visit("nobody")
    wanted = ((nobody, 401), (ada, 200), (eve, 403), (nobody, 401), (ada, 200))

    for number, (visitor, status) in enumerate(wanted, start=1):
        answer = await visitor.get(URL)
        answer.expect(status, task=1, why=f"request {number} of nobody, ada, eve, nobody, ada")


@pytest.mark.task(1)
async def test_two_editors_at_once(visit: Visit, read_gate: Callable[..., Any]) -> None:
    """Two requests whose permissions are read at the same time each have their own account."""
    ada, ben = await visit("ada"), await visit("ben")

    answers = await read_gate(Permission).race(ada.get(URL), ben.get(URL))

    for answer, name in zip(answers, ("ada", "ben"), strict=True):
        answer.expect(200, task=1, why="ada and ben came at the same time", editor=name)


@pytest.mark.task(1)
async def test_permission_is_withdrawn(visit: Visit) -> None:
    """A permission that is taken away is gone at the next request."""
    ada = await visit("ada")
    (await ada.get(URL)).expect(200, task=1)
    await withdraw("ada", "change_article")

    answer = await ada.get(URL)

    answer.expect(403, task=1, why="her permission was taken away after the last request")


@pytest.mark.task(1)
@pytest.mark.parametrize("change", [deactivate, change_password])
async def test_session_ends(visit: Visit, change: Callable[..., Any]) -> None:
    """Deactivate an account, or change its password, and its session counts as nobody's."""
    ada = await visit("ada")
    (await ada.get(URL)).expect(200, task=1)
    await change("ada")

    answer = await ada.get(URL)

    done = change.__name__.replace("_", " ")
    answer.expect(401, task=1, why=f"after '{done}', her session is nobody's, as Django has it")


@pytest.mark.task(1)
@pytest.mark.parametrize("url", GIVEN)
@pytest.mark.parametrize(("name", "status"), [("nobody", 401), ("cleo", 403), ("ada", 200)])
async def test_gate_of_another_function(
    visit: Visit, settings: Any, name: str, status: int, url: str
) -> None:
    """The gate stands before any async function, with the permission that is written there."""
    settings.ROOT_URLCONF = "tests.k605_auth_session_gate.pages"

    answer = await (await visit(name)).get(url)

    why = f"a view of the suite, @gated('newsroom.view_article'), {GIVEN[url]}"
    page = {"proof": "rain", "page": 3} if status == 200 else {}
    answer.expect(status, task=1, why=why, **page)
