"""The wire to the news agencies. Given: sync code, which uses the database."""

import logging

from katas.newsroom.models import Article

logger = logging.getLogger(__name__)


class Agencies:
    """Whoever prints what the newsroom announces."""

    def send(self, title: str) -> None:
        """Hand a title over. Nobody can take it back afterwards."""
        logger.info("announced: %s", title)


agencies = Agencies()


def announce(slug: str) -> None:
    """Look up the title of an article and send it to the agencies."""
    agencies.send(Article.objects.get(slug=slug).title)
