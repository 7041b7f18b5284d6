"""The audit log: who wants to know later what was done to an article reads it here. Given."""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """One line of the log. It names the article, and stays when the article goes."""

    class Action(models.TextChoices):
        """What was done."""

        PUBLISHED = "published"

    slug = models.SlugField()
    action = models.CharField(max_length=20, choices=Action.choices)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.slug}: {self.action}"
