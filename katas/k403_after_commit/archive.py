"""The archive of articles and their corrections. Given: sync code, two writes."""

from django.db.models import Value
from django.db.models.functions import Concat

from katas.k403_after_commit.models import Correction
from katas.newsroom.models import Article


class NotPublished(Exception):  # noqa: N818 - what the article is
    """The article is a draft, or there is none: nobody has read what is to be corrected."""


def file_correction(*, reference: str, article_id: int, editor_id: int, text: str) -> None:
    """Store a correction, then print it below its article.

    Opens no transaction: what is written before an error stays, unless the caller opens one.

    Raises:
        IntegrityError: The reference is taken. (Or the editor is unknown; inside a transaction,
            that comes out of the commit.)
        NotPublished: Nobody can read the article.
    """
    Correction.objects.create(
        reference=reference, article_id=article_id, editor_id=editor_id, text=text
    )
    note = Value(f"\n\nCorrection: {text}")
    article = Article.objects.published().filter(pk=article_id)
    if not article.update(body=Concat("body", note)):
        raise NotPublished(f"article {article_id} is not published")
