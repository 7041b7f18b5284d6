"""Signing in and out: a new session key, and an old one that opens nothing."""

from collections.abc import Awaitable, Callable

import pytest

from tests.k605_auth_session_gate.accounts import (
    NEW_PASSWORD,
    PASSWORD,
    add_to,
    change_password,
    data_of,
    deactivate,
    signed_in_with,
)
from tests.k605_auth_session_gate.conftest import Visit
from tests.k605_auth_session_gate.site import Answer, Visitor, expect_async

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]

SIGN_IN, SIGN_OUT = "/sign-in/", "/sign-out/"
WRONG = {
    "another password": {"name": "ada", "password": NEW_PASSWORD},
    "no such name": {"name": "adam", "password": PASSWORD},
    "no password": {"name": "ada"},
    "nothing": {},
}


async def sign_in(visitor: Visitor, name: str, password: str = PASSWORD) -> Answer:
    """Sign in."""
    return await visitor.post(SIGN_IN, name=name, password=password)


@pytest.fixture(autouse=True)
async def others(visit: Visit) -> dict[str, Visitor]:
    """Others have accounts as well: ada, and eve, each with a browser in which she is signed in."""
    return {name: await visit(name) for name in ("ada", "eve")}


async def expect_account(visitor: Visitor, name: str, after: object) -> None:
    """Fail unless the visitor's session is that of the account called *name*; empty for nobody."""
    __tracebackhide__ = True
    found = await signed_in_with(visitor.key)
    assert found == name, (
        f"{after}; the session is signed in as {found or 'nobody'}; "
        f"expected {name or 'nobody'}. (task 4)"
    )


async def expect_basket(visitor: Visitor, after: object) -> None:
    """Fail unless the visitor's session holds what it held before."""
    __tracebackhide__ = True
    basket = (await data_of(visitor.key)).get("basket", "<missing>")
    assert basket == "tea", (
        f"{after}; basket in the session: {basket!r}; expected 'tea', as before. (task 4)"
    )


async def expect_data(visitor: Visitor, before: dict[str, object], after: object) -> None:
    """Fail unless the visitor's session holds *before*, and nothing besides."""
    __tracebackhide__ = True
    held = await data_of(visitor.key)
    names = before.keys() | held.keys()
    changed = sorted(name for name in names if (name, held.get(name)) not in before.items())
    assert held == before, (
        f"{after}; of what the session holds, {changed} changed; expected it as before. (task 4)"
    )


def expect_key(visitor: Visitor, old: str, after: object) -> None:
    """Fail unless the visitor's session has the key that it had; no session, no key."""
    __tracebackhide__ = True
    assert visitor.key == old, (
        f"{after}; the session has {'a new' if visitor.key else 'no'} key; "
        f"expected {'the old one' if old else 'no session'}, as before. (task 4)"
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("visitor", ["newcomer", "stranger"])
async def test_signs_in(visit: Visit, visitor: str) -> None:
    """Name and password sign in, with or without a session before."""
    somebody = await visit(visitor)
    answer = await sign_in(somebody, "ada")

    answer.expect(200, task=4, name="ada")
    await expect_account(somebody, "ada", answer)


@pytest.mark.task(4)
@pytest.mark.parametrize("visitor", ["newcomer", "stranger"])
@pytest.mark.parametrize("what", WRONG)
async def test_does_not_sign_in(visit: Visit, what: str, visitor: str) -> None:
    """With anything else the answer is a 401 in JSON, and the session stays as it was."""
    somebody = await visit(visitor)
    old, before = somebody.key, await data_of(somebody.key)
    answer = await somebody.post(SIGN_IN, **WRONG[what])

    answer.expect(401, task=4, why=what)
    assert answer.content, f"{answer}, without a JSON object; expected one. (task 4)"
    await expect_account(somebody, "", answer)
    await expect_data(somebody, before, answer)
    expect_key(somebody, old, answer)


@pytest.mark.task(4)
@pytest.mark.parametrize("name", ["ada", "eve"])
async def test_failure_signs_nobody_out(others: dict[str, Visitor], name: str) -> None:
    """A wrong password, also for the own account, leaves the session of who is signed in."""
    eve = others["eve"]
    old, before = eve.key, await data_of(eve.key)
    answer = await sign_in(eve, name, NEW_PASSWORD)

    answer.expect(401, task=4, why=f"another password than {name}'s")
    await expect_account(eve, "eve", answer)
    await expect_data(eve, before, answer)
    expect_key(eve, old, answer)


@pytest.mark.task(4)
async def test_deactivated_does_not_sign_in(visit: Visit) -> None:
    """A deactivated account gets the same 401, with the right password; the session stays."""
    await deactivate("ada")
    stranger = await visit("stranger")
    before = await data_of(stranger.key)
    answer = await sign_in(stranger, "ada")

    answer.expect(401, task=4, why="the account is deactivated")
    await expect_account(stranger, "", answer)
    await expect_data(stranger, before, answer)


@pytest.mark.task(4)
async def test_gets_a_new_key(visit: Visit) -> None:
    """Who signs in gets a new session key; whoever knows the old one has nothing."""
    stranger = await visit("stranger")
    old = stranger.key
    answer = await sign_in(stranger, "ada")

    answer.expect(200, task=4)
    assert stranger.key not in ("", old), (
        f"{answer}; the session has the same key as before; expected a new one: "
        "somebody may have planted the old one. (task 4)"
    )
    left = await data_of(old)
    assert not left, f"{answer}; the old key opens {sorted(left)}; expected nothing. (task 4)"


@pytest.mark.task(4)
async def test_keeps_the_session(visit: Visit) -> None:
    """What the session held before is there under the new key."""
    stranger = await visit("stranger")
    answer = await sign_in(stranger, "ada")

    await expect_basket(stranger, answer)


@pytest.mark.task(4)
async def test_signs_in_again(others: dict[str, Visitor]) -> None:
    """Who signs in where she is signed in keeps her session, too."""
    ada = others["ada"]
    await add_to(ada.key, basket="tea")
    answer = await sign_in(ada, "ada")

    answer.expect(200, task=4, name="ada")
    await expect_account(ada, "ada", answer)
    await expect_basket(ada, answer)


@pytest.mark.task(4)
async def test_signs_in_with_another_password(others: dict[str, Visitor]) -> None:
    """What a session held that began with an older password is gone."""
    ada = others["ada"]
    old = ada.key
    await add_to(old, notes="private")
    await change_password("ada")
    answer = await sign_in(ada, "ada", NEW_PASSWORD)

    answer.expect(200, task=4, name="ada")
    await expect_account(ada, "ada", answer)
    kept = {"notes"} & ({*await data_of(old)} | {*await data_of(ada.key)})
    assert not kept, (
        f"{answer}, with a password that is newer than the session; the session still holds "
        f"{sorted(kept)}; expected a new one: the old one may be somebody else's. (task 4)"
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("change", [None, deactivate, change_password])
async def test_changes_the_account(
    others: dict[str, Visitor], change: Callable[[str], Awaitable[None]] | None
) -> None:
    """Where somebody else was signed in, her session is not handed over, even if it had ended."""
    browser = others["eve"]
    old = browser.key
    await add_to(old, notes="private")
    if change:
        await change("eve")
    answer = await sign_in(browser, "ada")

    answer.expect(200, task=4, name="ada")
    await expect_account(browser, "ada", answer)
    left = await data_of(old)
    after = f", after '{change.__name__.replace('_', ' ')}' of eve's account" if change else ""
    assert not left, (
        f"ada signed in in eve's browser ({answer.status}){after}; eve's old key still opens "
        f"{sorted(left)}; expected nothing. (task 4)"
    )
    notes = (await data_of(browser.key)).get("notes", "<missing>")
    assert notes == "<missing>", (
        f"ada signed in in eve's browser ({answer.status}){after}; eve's notes are in ada's "
        "session; expected a new one. (task 4)"
    )


@pytest.mark.task(4)
async def test_signs_out(others: dict[str, Visitor]) -> None:
    """Signing out answers 204 and ends the session, for whoever else has its key, too."""
    ada = others["ada"]
    old = ada.key
    await add_to(old, notes="private")
    answer = await ada.post(SIGN_OUT)

    answer.expect(204, task=4)
    await expect_account(ada, "", answer)
    left = await data_of(old)
    assert not left, f"{answer}; the old key opens {sorted(left)}; expected nothing. (task 4)"


@pytest.mark.task(4)
@pytest.mark.parametrize("name", ["nobody", "stranger"])
async def test_nobody_signs_out(visit: Visit, name: str) -> None:
    """Signing out where nobody has signed in answers 204 as well, and ends the session."""
    visitor = await visit(name)
    old = visitor.key
    answer = await visitor.post(SIGN_OUT)

    answer.expect(204, task=4)
    left = await data_of(old)
    assert not left, f"{answer}; the old key opens {sorted(left)}; expected nothing. (task 4)"


@pytest.mark.task(4)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
@pytest.mark.parametrize("url", [SIGN_IN, SIGN_OUT])
async def test_only_post(others: dict[str, Visitor], url: str, method: str) -> None:
    """Any other method than POST answers 405, and changes nothing."""
    ada = others["ada"]
    answer = await ada.ask(method, url)

    answer.expect(405, task=4)
    await expect_account(ada, "ada", answer)


@pytest.mark.task(4)
@pytest.mark.parametrize("url", [SIGN_IN, SIGN_OUT])
async def test_stays_async(url: str) -> None:
    """Both are async views."""
    expect_async(url, task=4)
