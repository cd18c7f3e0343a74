"""Digests of secrets that the portal shows once: links of invitations, personal tokens, keys of embedded maps."""

from hashlib import sha256


def digest_of(secret: str) -> str:
    """SHA-256, in hexadecimal. Looking a digest up takes a time that says nothing of the secret.

    No salt and no stretching: the secrets are random, of 192 bits or more.
    """
    return sha256(secret.encode()).hexdigest()
