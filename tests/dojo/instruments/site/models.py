"""The tables of the test project."""

from django.db import models


class Account(models.Model):
    """What two writers compete for."""

    balance = models.IntegerField(default=0)

    class Meta:
        app_label = "site"
