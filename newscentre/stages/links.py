"""Addresses of articles: which may become a link, and which name the same page."""

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

LONGEST = 2000  # characters
# What counts visitors and names no page.
COUNTING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|xtor|at_\w+|ns_\w+|ref_src|cmpid", re.I)
CONTROL_OR_SPACE = re.compile(r"[\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\\]")
HOST = re.compile(r"[\w.-]+|\[[0-9a-f:.]+\]", re.I)
USUAL_PORTS = {"http": 80, "https": 443}


def safe_link(link: str, base: str = "") -> str:
    """The address as it may stand in a page, or empty: http and https only, with a host, without name and password."""
    link = link.strip()
    try:
        link = urljoin(base, link) if base else link
        parts = urlsplit(link)
        is_safe = parts.scheme in USUAL_PORTS and HOST.fullmatch(parts.hostname or "") and parts.port != 0
    except ValueError:
        return ""
    if not is_safe or "@" in parts.netloc or len(link) > LONGEST or CONTROL_OR_SPACE.search(link):
        return ""
    return link


def canonical(link: str) -> str:
    """The part of a safe link that tells pages apart: without scheme, `www.`, usual port, counters and fragment."""
    parts = urlsplit(link)
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    port = f":{parts.port}" if parts.port and parts.port != USUAL_PORTS.get(parts.scheme) else ""
    asked = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not COUNTING.fullmatch(name)
    ]
    return urlunsplit(("", host + port, parts.path.rstrip("/"), urlencode(asked), "")).removeprefix("//")
