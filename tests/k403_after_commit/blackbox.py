"""What can be seen of k403 from outside: the judge plays the news agencies."""

from typing import Any

import httpx

from dojo.blackbox import Draw, Failure, Site, check, expect_json, expect_status, said

SERVICES = ("katas.k403_after_commit.wire:agencies.send",)
PATH = "/k403/corrections/"
PUBLISHED, DRAFT, EDITOR = 1, 2, 3


def newsroom(draw: Draw) -> list[dict[str, Any]]:
    """Return rows: an article, a draft, and an editor."""
    return [
        *(
            {
                "model": "newsroom.article",
                "pk": pk,
                "fields": {
                    "title": status,
                    "slug": status,
                    "status": status,
                    "created_at": "2026-11-01T06:00:00Z",
                },
            }
            for pk, status in ((PUBLISHED, "published"), (DRAFT, "draft"))
        ),
        {"model": "newsroom.author", "pk": EDITOR, "fields": {"name": "Ida"}},
    ]


def correction(draw: Draw, **changed: Any) -> dict[str, Any]:
    """Return the fields of a correction that nobody has filed yet."""
    reference = f"c-{draw.getrandbits(48)}"
    text = f"{draw.randrange(2, 9)} lanes."
    return {"reference": reference, "article": PUBLISHED, "editor": EDITOR, "text": text} | changed


def announced(site: Site) -> list[Any]:
    """Return the references that the agencies were told of, in their order."""
    return [call.first for call in site.upstream.calls]


@check(task=1, rows=newsroom)
async def agencies_hear_of_what_is_committed(site: Site, draw: Draw) -> None:
    """While the agencies are told, the correction is committed; the answer comes afterwards."""
    one, two = correction(draw), correction(draw)
    # What is announced of a refused correction, in between, is another question.
    site.upstream.hold(lambda call: len(site.upstream.calls) <= 2)
    async with site.asked("POST", PATH, data=one) as first:
        await site.upstream.together(1, first)
        async with site.asked("POST", PATH, data=two) as second:
            await site.upstream.together(2, second)
            again = await site.post(PATH, data=one)
            before = len(site.upstream.calls)
            expect_status(again, 409, " with a reference that is being announced, so is committed,")
            for page in (first, second):
                assert not page.task.done(), f"{page.what}: answered before it was announced."
            site.upstream.release()
            for page, filed in ((first, one), (second, two)):
                expected = {"reference": filed["reference"], "announced": True}
                expect_json(await page.task, expected, status=201)
    told, references = announced(site), [one["reference"], two["reference"]]
    told = told[:2] + told[before:]
    assert told == references, f"POST {PATH} twice: announced were {told}; expected {references}."


@check(task=2, rows=newsroom, involves=(1,))
async def what_is_refused_leaves_nothing(site: Site, draw: Draw) -> None:
    """A correction that can't be filed is a 409, nobody is told, and its reference stays free."""
    for reason, wrong in (
        ("of a draft", {"article": DRAFT}),
        ("by an unknown editor, which the commit refuses,", {"editor": draw.randrange(10, 10**6)}),
        ("of an unknown article", {"article": draw.randrange(10, 10**6)}),
    ):
        right = correction(draw)
        expect_status(await site.post(PATH, data=right | wrong), 409, f" {reason}")
        assert announced(site).count(right["reference"]) == 0, (
            f"POST {PATH} {reason}: it was refused, and announced; expected it not to be."
        )
        answer = await site.post(PATH, data=right)
        assert answer.status_code != 409, (
            f"POST {PATH} with the reference of a correction {reason} that was refused answered "
            "409; expected the reference to be free."
        )


@check(task=3, rows=newsroom, involves=(1,))
async def what_cannot_be_announced_is_filed(site: Site, draw: Draw) -> None:
    """If the agencies fail, the answer is a 201 that says so, and the correction stays."""
    kinds = (
        "builtins:OSError",
        "builtins:ValueError",
        "builtins:TimeoutError",
        "builtins:KeyError",
    )
    for kind in draw.sample(kinds, 2):
        filed = correction(draw)
        site.upstream.answer = failing(kind)
        answer = await site.post(PATH, data=filed)
        when = f" while announce raises {kind.partition(':')[2]}"
        expected = {"reference": filed["reference"], "announced": False}
        expect_json(answer, expected, status=201, when=when)
        times = announced(site).count(filed["reference"])
        assert times == 1, f"POST {PATH}{when}: announced {times} times; expected once."
        again: httpx.Response = await site.post(PATH, data=filed)
        expect_status(again, 409, " with the reference of a correction that could not be announced")
    site.upstream.answer = lambda call: None
    answer = await site.post(PATH, data=correction(draw))
    assert said(answer, "announced") is True, (
        f"POST {PATH} answered {answer.text!r}; expected announced true."
    )


def failing(kind: str) -> Any:
    """Return what answers calls with an error of this type."""

    def answer(call: object) -> None:
        raise Failure(kind, "the wire is down")

    return answer
