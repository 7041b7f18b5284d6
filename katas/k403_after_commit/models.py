"""What the corrections desk stores. Given."""

from django.db import models

from katas.newsroom.models import Article, Author


class Correction(models.Model):
    """What was wrong in an article, and who says so."""

    reference = models.CharField(max_length=40, unique=True)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    # The database checks a foreign key when the transaction commits, and not before.
    editor = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()

    def __str__(self) -> str:
        return self.reference
