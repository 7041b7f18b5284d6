"""The context of the caller: the core sees the variables that are set in it."""

import httpx
import pytest

from tests.k405_no_deadlock_bridge.asking import DeskCall, ask, editor, loaded

pytestmark = [
    pytest.mark.urls("katas.k405_no_deadlock_bridge.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]


def check_editors(call: str, desk_calls: list[DeskCall]) -> None:
    """Fail if one of the calls did not see the editor's name."""
    __tracebackhide__ = True
    seen = [seen.editor for seen in desk_calls]
    assert seen == ["Ida"] * 4, (
        f"{call}, with a ContextVar set to 'Ida' by its caller: in the core, for each of the four "
        f"sheets, the variable was {seen!r}; expected 'Ida' in all."
    )


@pytest.mark.task(4)
def test_sync_code_hands_its_context_on(quoting: str, desk_calls: list[DeskCall]) -> None:
    """A context variable that sync code has set is there in the core, at every depth."""
    token = editor.set("Ida")
    try:
        loaded("harbour")
    finally:
        editor.reset(token)

    check_editors("load('harbour')", desk_calls)


@pytest.mark.task(4)
@pytest.mark.parametrize("page", ["sheet", "preview"], ids=["sync view", "island"])
async def test_a_request_hands_its_context_on(
    quoting: str, asgi_client: httpx.AsyncClient, desk_calls: list[DeskCall], page: str
) -> None:
    """A context variable of a request is there in the core, at every depth."""
    editor.set("Ida")

    await ask(asgi_client, f"/{page}/harbour/")

    check_editors(f"GET /{page}/harbour/", desk_calls)
