"""The tables of the test project."""

from django.db import models


class Account(models.Model):
    """What two writers compete for."""

    balance: "models.IntegerField[int, int]" = models.IntegerField(default=0)

    class Meta:
        """The app's name, which is not the last part of the module's."""

        app_label = "site"
