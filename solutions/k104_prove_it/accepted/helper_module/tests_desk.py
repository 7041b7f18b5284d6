"""What both files need: a clock, a desk that stores articles. No test is in here."""

import asyncio
from datetime import UTC, datetime

from katas.newsroom.models import Article

URL = "/k104/bulletin/"


class Clock:
    """Takes 0.1 s to tell a time that no real clock would."""

    calls = 0

    async def read(self) -> str:
        """Return the time."""
        self.calls += 1
        await asyncio.sleep(0.1)
        return "half past nine"


async def publish(slug: str, day: int) -> Article:
    """Store a published article whose title is not its slug."""
    return await Article.objects.acreate(
        title=f"About {slug}",
        slug=slug,
        status=Article.Status.PUBLISHED,
        published_at=datetime(2026, 11, day, tzinfo=UTC),
    )


async def clear() -> None:
    """Delete what a test has stored."""
    await Article.objects.all().adelete()
