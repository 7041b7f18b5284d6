"""What readers write to the editor. Given."""

from django.db import models

from katas.newsroom.models import Article


class Letter(models.Model):
    """A letter about an article; nobody has checked it while its verdict is empty."""

    # The database checks a foreign key when the transaction commits, and not before.
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    verdict = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.text[:40]
