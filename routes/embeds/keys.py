"""Keys of embedded maps: shown once, stored as a digest, revoked at once."""

import secrets

from django.utils import timezone

from accounts.secret_digests import digest_of
from routes.models import Embed

KEY_BYTES = 24  # 192 bits


def new_key(embed: Embed) -> str:
    """Gives the embed a key, which nobody can see again. Not saved."""
    key = secrets.token_urlsafe(KEY_BYTES)
    embed.digest = digest_of(key)
    return key


def embed_with(key: str, viewer) -> Embed | None:
    """The view that a key opens for this viewer; None for one that is unknown or revoked, or whose map was narrowed."""
    found = Embed.objects.visible_to(viewer).filter(digest=digest_of(key), revoked_at__isnull=True)
    return found.select_related("edition__dialogue").first()


def revoke(embeds) -> int:
    """How many of these were not revoked before."""
    return embeds.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
