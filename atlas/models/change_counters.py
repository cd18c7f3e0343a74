"""Counters that grow with each transaction that changes what pages show (`atlas.change_counters`)."""

from django.db import models


class ChangeCounter(models.Model):
    """One of several counters, so that two transactions seldom wait for one another. Triggers alone write it."""

    SLOTS = 16

    slot = models.SmallIntegerField(primary_key=True)
    number = models.BigIntegerField(db_default=0)
    reference = models.BigIntegerField(db_default=0)
