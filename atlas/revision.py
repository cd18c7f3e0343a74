"""A number that grows whenever shared reference data changes: part of the key of every page kept in the cache."""

from django.db import connection
from django.db.models.signals import m2m_changed, post_delete, post_save

APPS = {"atlas", "indicators"}


def connect() -> None:
    for signal in (post_save, post_delete):
        signal.connect(_changed, dispatch_uid=f"atlas.revision.{id(signal)}")
    m2m_changed.connect(_changed, dispatch_uid="atlas.revision.m2m")


def _changed(sender, **kwargs) -> None:
    model = sender
    if model._meta.app_label in APPS and not kwargs.get("raw") and model._meta.model_name != "basemap":
        advance()


def advance() -> None:
    """Makes every kept page stale. A sequence: it needs no row lock, and a rolled-back change only wastes a number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('atlas_revision')")


def current() -> int:
    """The number as it stands; the same number, the same reference data."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM atlas_revision")
        return cursor.fetchone()[0]
