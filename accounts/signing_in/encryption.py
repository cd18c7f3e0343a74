"""Encrypts secrets of second factors with keys derived from SECRET_KEY, so that a stolen backup does not reveal them."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"imap: second factors"  # another purpose would have other keys


def encrypt(text: str) -> str:
    return _keys(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """Raises cryptography.fernet.InvalidToken when none of today's secret keys wrote it."""
    return _keys(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).decrypt(encrypted.encode()).decode()


def renewed(encrypted: str) -> str:
    """Re-encrypts with the first secret key. Raises InvalidToken as `decrypt` does."""
    return _keys(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).rotate(encrypted.encode()).decode()


@lru_cache(maxsize=4)
def _keys(*secrets: str) -> MultiFernet:
    """The first key encrypts, all decrypt, so that a secret key can be replaced while the former one is a fallback."""
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(secret.encode())))
        for secret in secrets
    )
