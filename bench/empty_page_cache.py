"""The portal's door with a shelf on which nothing is ever found: every visit is a first one."""

from imap.wsgi import application
from profiles import page_cache, pages
from profiles.page_cache import SharedPage


def nothing(key: str) -> SharedPage | None:
    return None


page_cache.cached_in_process = pages.at_hand = nothing

__all__ = ["application"]
