"""Which statement locks what; the suite's SQLite has one lock for the whole database."""

import re
from typing import Any

from django.db import transaction

from dojo.instruments import statements
from dojo.instruments.gates import WRITE_VERBS
from dojo.instruments.orm_guard import TRANSACTION_VERBS
from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article
from tests.k401_publish_island.moments import gist
from tests.k401_publish_island.newsroom import NOVEMBER, SLUG

IN_PARENTHESES = re.compile(r"\([^()]*\)")


def locks_an_article(sql: str) -> bool:
    """Say whether a statement locks or changes rows of articles, and not of other tables only."""
    outer, found = sql, 1
    while found:
        outer, found = IN_PARENTHESES.subn("", outer)
    writes = statements.verb(sql) in WRITE_VERBS
    return Article._meta.db_table in outer and (writes or " FOR " in outer.upper())


def locks_every_article(sql: str) -> bool:
    """Say whether a statement locks or changes the articles, whichever they are."""
    return locks_an_article(sql) and " WHERE " not in sql.upper()


class PublishedMeanwhile:
    """Publishes the article before the view's *number*-th query, as another server would.

    On the view's own connection: so it can do, and the view then sees, what PostgreSQL lets the
    other server do, and the view see, as long as the view has no lock on the article's row.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        #: The query before which the article was due to be published; empty if there was none.
        self.query = ""
        #: Whether the other server came, because nothing was locked.
        self.came = False
        self._seen = 0
        self._locked = False
        self._acts = False

    def __call__(
        self, execute: statements.Execute, sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Count the queries of the view, and publish or not, in the manner of execute wrappers."""
        if not self._acts and statements.verb(sql) not in TRANSACTION_VERBS:
            self._seen += 1
            if self._seen == self.number:
                self.query = gist(sql)
                if not self._locked:
                    self._publish()
            self._locked = self._locked or locks_an_article(sql)
        return execute(sql, params, many, context)

    def _publish(self) -> None:
        self.came = self._acts = True
        try:
            with transaction.atomic():
                drafts = Article.objects.filter(slug=SLUG).exclude(status="published")
                if drafts.update(status="published", published_at=NOVEMBER):
                    AuditEntry.objects.create(slug=SLUG, action="published")
        finally:
            self._acts = False
