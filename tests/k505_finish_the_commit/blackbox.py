"""What can be seen of k505 from outside: the judge plays the bank, and readers who go away."""

from typing import Any

from dojo.blackbox import Call, Draw, Site, check, expect_json, expect_status

SERVICES = ("katas.k505_finish_the_commit.bank:terminal.charge",)
PATH = "/k505/payments/"
# Pages that are asked for and answered, one after the other, before the judge looks whether the
# terminal was handed on: time enough for a site that does it.
PAGES = 20


def payment(draw: Draw) -> dict[str, Any]:
    """Return the fields of a payment."""
    return {"reader": f"reader-{draw.getrandbits(48)}", "months": draw.randrange(1, 24)}


def readers(site: Site) -> list[str]:
    """Return who was charged."""
    return [call.first for call in site.upstream.calls]


async def terminal_is_kept(site: Site, first: dict[str, Any], when: str) -> None:
    """See that nobody but *first* is charged, and that the loop is free."""
    for _ in range(PAGES):
        expect_status(await site.get(PATH), 405, f" {when}")
        assert readers(site) == [first["reader"]], (
            f"POST {PATH} {when}: the terminal charges {readers(site)} at the same time; "
            f"expected {first['reader']} alone."
        )


@check(task=1)
async def a_payment_keeps_the_terminal_to_its_end(site: Site, draw: Draw) -> None:
    """A reader who goes away is charged once, and keeps the terminal until then; it is stored."""
    gone, last = payment(draw), payment(draw)
    receipts = {one["reader"]: f"{draw.getrandbits(64):x}" for one in (gone, last)}
    site.upstream.answer = lambda call: receipts.get(str(call.first))
    site.upstream.hold()
    async with site.asked("POST", PATH, data=gone) as page:
        await site.upstream.together(1, page)
    async with site.asked("POST", PATH, data=last) as page:
        await terminal_is_kept(site, gone, "whose reader has gone, with another one waiting,")
        site.upstream.release()
        expected = {"reader": last["reader"], "receipt": receipts[last["reader"]]}
        expect_json(await page.task, expected, status=201)
    charged = [gone["reader"], last["reader"]]
    assert readers(site) == charged, (
        f"POST {PATH}, left by the first of two readers: {readers(site)} were charged; "
        f"expected {charged}."
    )

    receipt = receipts[gone["reader"]]
    site.upstream.answer = lambda call: receipt
    answer = await site.post(PATH, data=payment(draw))
    expect_status(answer, 500, " with the receipt of a payment whose reader had gone, a second one")
    other = payment(draw)
    site.upstream.answer = lambda call: f"{receipt}-2"
    expected = {"reader": other["reader"], "receipt": f"{receipt}-2"}
    expect_json(await site.post(PATH, data=other), expected, status=201)


@check(task=4, involves=(1,))
async def after_a_payment_that_fails_the_next_is_taken(site: Site, draw: Draw) -> None:
    """If the bank fails after the reader has gone, the next reader is served, and not before."""
    gone, last = payment(draw), payment(draw)
    receipt = f"{draw.getrandbits(64):x}"

    def charge(call: Call) -> str:
        if call.first == gone["reader"]:
            raise ValueError("the card is torn")
        return receipt

    site.upstream.answer = charge
    site.upstream.hold()
    async with site.asked("POST", PATH, data=gone) as page:
        await site.upstream.together(1, page)
    async with site.asked("POST", PATH, data=last) as page:
        await terminal_is_kept(site, gone, "whose reader has gone")
        site.upstream.release()
        expected = {"reader": last["reader"], "receipt": receipt}
        expect_json(await page.task, expected, status=201)
