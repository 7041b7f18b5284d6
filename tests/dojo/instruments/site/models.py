"""The tables of the test project."""

from typing import ClassVar

from django.db import models


class Account(models.Model):
    """What two writers compete for."""

    balance: "models.IntegerField[int, int]" = models.IntegerField(default=0)

    objects: "ClassVar[models.Manager[Account]]" = models.Manager()

    class Meta:
        """The app's name, which is not the last part of the module's."""

        app_label = "site"
