"""Run a kata's black-box checks: the site behind walls, the check in this process."""

from __future__ import annotations

import asyncio
import errno
import json
import random
import socket
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from dojo.blackbox.checks import Check, Checks
from dojo.blackbox.site import Site
from dojo.blackbox.upstream import Upstream
from dojo.blackbox.waiting import Patience
from dojo.grading.events import LONGEST
from dojo.grading.kit import Kit
from dojo.grading.model import Bar, Box, TestMark, Verdict
from dojo.grading.sandbox import Errand, Level, Limits, Places, Running
from dojo.model import DojoError, Kata
from dojo.site import behind_walls

# Seconds between two looks at the site while it comes up, and at what it uses.
LOOK_S, LIMITS_S = 0.02, 0.2
# Errors that this machine brings about, and no site.
OURS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC})


@dataclass(frozen=True)
class Stand:
    """Where a kata's checks are made.

    Attributes:
        submission: Folder with the submission's files of this kata.
        seed: What inputs are drawn from.
    """

    kit: Kit
    kata: Kata
    checks: Checks
    submission: Path
    level: Level
    limits: Limits
    seed: str

    def draw(self, check: Check) -> random.Random:
        """Return what *check* draws its inputs from: the same for the same seed."""
        return random.Random(f"{self.seed}/{self.kata.slug}/{check.name}")  # noqa: S311


def mark(stand: Stand, check: Check) -> TestMark:
    """Return the mark of one check, without points, on a site of its own."""
    blank = TestMark(check.id, check.title, check.task, Verdict.PASSED, Box.BLACK)
    with tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        shared = Path(folder, "shared")
        shared.mkdir()
        rows = check.rows(stand.draw(check)) if check.rows else []
        (shared / behind_walls.ROWS).write_text(json.dumps(rows), encoding="utf-8")
        (shared / behind_walls.ROWS).chmod(0o644)
        place = Path(folder, "site.sock")
        # Bound here, in a folder that nobody else may write to: what comes inside can put nothing
        # in its place, such as a link to a socket of this machine.
        bound = socket.socket(socket.AF_UNIX)
        bound.bind(str(place))
        sent = errand(stand, shared, bound.fileno())
        with bound, Running(stand.level, stand.limits, sent) as running:
            bound.close()  # the site has its own: when that is gone, nobody listens
            found = asyncio.run(Judged(stand, check, running, place, shared).mark(blank))
    ended = running.ended
    if stand.level.number and b"confined" not in ended.events:
        raise DojoError(f"The sandbox did not come up: {ended.output[-500:] or ended.killed}")
    printed = ended.output[-2000:]
    if ended.killed:
        message = f"The site was ended: {ended.killed}."
        found = replace(found, verdict=Verdict.CRASHED, message=message)
    return replace(found, seconds=ended.seconds, printed=printed)


def errand(stand: Stand, shared: Path, bound: int) -> Errand:
    """Return what is to run behind the walls: the site, on the socket *bound*."""

    def command(places: Places) -> list[str]:
        order = {
            "slug": stand.kata.slug,
            "answers": places.submission,
            "socket": bound,
            "shared": places.shared,
            "scratch": places.scratch,
            "services": stand.checks.services,
            "watched": stand.checks.watched,
            "settings": stand.checks.settings,
            "queries": stand.checks.queries,
            "row_locks": stand.kata.database == "rowlock",
        }
        return [sys.executable, "-P", "-m", "dojo.site.behind_walls", json.dumps(order)]

    return Errand(
        command,
        stand.kit.project(stand.kata),
        stand.kit.library,
        stand.submission,
        shared,
        environment={"PYTHONUNBUFFERED": "1"},  # it ends by being killed
        descriptors=[bound],
    )


class Judged:
    """One check of one site that runs."""

    def __init__(
        self, stand: Stand, check: Check, running: Running, place: Path, shared: Path
    ) -> None:
        self.stand, self.check, self.running = stand, check, running
        self.place, self.shared = place, shared
        self.patience = Patience()
        self.upstream, self.database = Upstream(self.patience), Upstream(self.patience)

    async def mark(self, blank: TestMark) -> TestMark:
        """Return what became of the check."""
        async with (
            self.upstream.listening(self.shared / behind_walls.UPSTREAM),
            self.database.listening(self.shared / behind_walls.DATABASE),
        ):
            checking = asyncio.create_task(self.made())
            watching = asyncio.create_task(self.watched())
            await asyncio.wait({checking, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not checking.done():
                checking.cancel()
            watching.cancel()
            await asyncio.gather(checking, watching, return_exceptions=True)
        found = replace(blank, timeline=self.bars()[:50])
        if checking.cancelled():
            code = self.running.child.poll()
            return replace(
                found,
                verdict=Verdict.CRASHED,
                message=f"The site ended before the check was made, with exit code {code}.",
            )
        error = checking.exception()
        if error is None:
            return found
        if ours(error):
            raise error
        # What the site sends can make a check stumble, too: over text that is no JSON, say.
        kind = type(error).__name__
        said = str(error) if isinstance(error, AssertionError) else f"{kind}: {error}"
        return replace(found, verdict=Verdict.FAILED, message=said[:LONGEST], error=kind)

    def bars(self) -> tuple[Bar, ...]:
        """Return the calls and queries of the site as a timeline."""
        bars = (*self.upstream.bars(), *self.database.bars())
        return tuple(sorted(bars, key=lambda bar: bar.begin or 0))

    async def made(self) -> None:
        """Wait for the site, and make the check."""
        await self.up()
        site = Site(self.place, self.upstream, self.database, self.patience)
        try:
            await self.check.function(site, self.stand.draw(self.check))
        finally:
            self.upstream.release()
            self.database.release()
            await site.client.aclose()

    async def up(self) -> None:
        """Wait until the site accepts connections."""
        while True:
            try:
                _, writer = await asyncio.open_unix_connection(self.place)
            except OSError:
                await asyncio.sleep(LOOK_S)
            else:
                writer.close()
                return

    async def watched(self) -> None:
        """Return when the site has ended or breaks a limit."""
        child, over_limit = self.running.child, self.running.over_limit
        while child.poll() is None and not over_limit():  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(LIMITS_S)


def ours(error: BaseException) -> bool:
    """Tell whether a check was stopped by a fault of this machine."""
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in OURS)
