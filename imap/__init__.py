"""Wires the apps into one portal; holds no domain rule."""

from imap.celery import app as celery_app

__all__ = ["celery_app"]
