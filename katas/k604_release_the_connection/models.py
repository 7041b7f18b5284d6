"""Who may read ahead. Given."""

from django.db import models


class Partner(models.Model):
    """A paper that gets stories before they may be printed."""

    name = models.CharField(max_length=40)
    token = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.name
