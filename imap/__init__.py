"""Wires the apps into one portal; holds no domain rule."""

import zoneinfo

from imap.celery import app as celery_app

__all__ = ["celery_app"]

# Time zones are those of the pinned package tzdata, whatever the system has: governments change them at short notice.
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
