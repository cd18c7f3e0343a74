"""The accounts of the bare server: their tables, and nothing that happens at sign-in."""

from django.apps import AppConfig


class BareAccounts(AppConfig):
    name = "accounts"
