"""The desk that files letters. Given: sync code."""

from katas.k506_background_work.models import Letter


def file_letter(*, article_id: int, text: str) -> Letter:
    """Store a letter that nobody has checked yet.

    Opens no transaction.

    Raises:
        IntegrityError: There is no such article. (Inside a transaction, that comes out of the
            commit.)
    """
    return Letter.objects.create(article_id=article_id, text=text)
