"""Saved searches of the news, and the digests of them by e-mail."""
