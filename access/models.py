"""This app has no table; Django announces the end of migrating only to apps with models."""

from access.visibility import RestrictedModel

__all__ = ["RestrictedModel"]
