"""The planted world, for every test of who may read."""

from tests.access.planting import in_planted_database, planted, planted_database

__all__ = ["in_planted_database", "planted", "planted_database"]
