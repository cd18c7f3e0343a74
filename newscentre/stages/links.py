"""Addresses of articles: which may become a link, read as browsers read them, and which name the same page.

What browsers do is written down in the URL Standard (https://url.spec.whatwg.org/); of it stands here what addresses of
the web need. What comes out is ASCII: signs that nobody sees are percent-encoded and do no harm.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

import idna

LONGEST = 2000  # characters
# What counts visitors and names no page.
COUNTING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|xtor|at_\w+|ns_\w+|ref_src|cmpid", re.I)
AROUND = "".join(map(chr, range(0x21)))  # controls and space, left out at both ends
WITHIN = dict.fromkeys(map(ord, "\t\n\r"))  # left out wherever they stand
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)
UNSEEN = re.compile(r"[\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\\]")
HOST = re.compile(r"[\w.-]+|\[[0-9a-f:.]+\]", re.I | re.ASCII)
USUAL_PORTS = {"http": 80, "https": 443}
IN_A_PATH, IN_A_QUERY, IN_A_FRAGMENT = "/%:@!$&'()*+,;=~|[]^", "/%:@!$&()*+,;=~|[]^?{}`\\", "/%:@!$&'()*+,;=~|[]^?{}#\\"


def safe_link(link: str, base: str = "") -> str:
    """The address as it may stand in a page, or empty: http and https only, with a host, without name and password.

    `base`: a safe link that completes a relative one. An empty link leads nowhere, not to the base.
    """
    link = link.strip(AROUND).translate(WITHIN)
    try:
        return _written(_completed(link, base)) if link else ""
    except (ValueError, UnicodeError):  # a lone half of a pair is no letter of UTF-8
        return ""


def _completed(link: str, base: str) -> str:
    """An absolute address of the web. Raises ValueError."""
    before, *after = re.split(r"(?=[?#])", link, maxsplit=1)
    link = before.replace("\\", "/") + "".join(after)
    scheme = SCHEME.match(link)
    if scheme:
        if scheme[1].lower() not in USUAL_PORTS:
            raise ValueError("no address of the web")
        return f"{scheme[1].lower()}://{link[scheme.end() :].lstrip('/')}"
    if not base:
        raise ValueError("it completes nothing")
    return f"{urlsplit(base).scheme}://{link.lstrip('/')}" if link.startswith("//") else urljoin(base, link)


def _written(link: str) -> str:
    """As browsers write it. Raises ValueError, or gives nothing, for what names no host or is too long."""
    parts = urlsplit(link)
    if parts.scheme not in USUAL_PORTS or "@" in parts.netloc or parts.port == 0:
        return ""
    host = _host(parts.hostname or "")
    port = f":{parts.port}" if parts.port and parts.port != USUAL_PORTS[parts.scheme] else ""
    path = quote(_without_dots(parts.path) or "/", safe=IN_A_PATH)
    asked, place = quote(parts.query, safe=IN_A_QUERY), quote(parts.fragment, safe=IN_A_FRAGMENT)
    written = urlunsplit((parts.scheme, host + port, path, asked, place)) if host else ""
    return written if len(written) <= LONGEST else ""


def _host(named: str) -> str:
    """In ASCII, or empty for what no host is called."""
    named = unquote(named, errors="strict")
    if not named.isascii():
        try:
            named = idna.encode(named, uts46=True, transitional=False).decode()
        except idna.IDNAError:
            return ""
    named = f"[{named}]" if ":" in named else named.lower()
    return named if HOST.fullmatch(named) and not named.startswith(".") else ""


def _without_dots(path: str) -> str:
    """Without the steps `.` and `..`, however they are written."""
    kept: list[str] = []
    steps = path.split("/")[1:]
    for step in steps:
        plain = step.lower().replace("%2e", ".")
        if plain == "..":
            kept = kept[:-1]
        elif plain != ".":
            kept.append(step)
    if steps and steps[-1].lower().replace("%2e", ".") in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept) if path else ""


def as_typed(address: str) -> bool:
    """Whether what a person typed is an address that may become a link, and holds no sign that nobody sees."""
    return bool(safe_link(address)) and not UNSEEN.search(address) and bool(SCHEME.match(address))


def home_of(address: str) -> str:
    """The front page of an address's host; nothing else of the address, which may hold a secret. Empty for none."""
    home = safe_link(address)
    return urlunsplit((*urlsplit(home)[:2], "/", "", "")) if home else ""


def canonical(link: str) -> str:
    """The part of a safe link that tells pages apart: without scheme, `www.`, usual port, counters and fragment."""
    parts = urlsplit(link)
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    port = f":{parts.port}" if parts.port and parts.port != USUAL_PORTS.get(parts.scheme) else ""
    asked = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not COUNTING.fullmatch(name)
    ]
    return urlunsplit(("", host + port, parts.path.rstrip("/"), urlencode(asked), "")).removeprefix("//")


def tells(text: str, addresses: Sequence[str]) -> bool:
    """Whether a link or any other text gives away one of these addresses, as it stands or percent-encoded."""
    said = _plainly(text)
    return said in map(_plainly, addresses) or any(
        _as_told(page).search(said) for page in _that_lead_further(addresses)
    )


def without(text: str, addresses: Sequence[str]) -> str:
    """The text without these addresses, however they are written in it."""
    if not addresses or not tells(text, addresses):
        return text
    pages = tuple(_that_lead_further(addresses))
    kept = (word for word in text.split() if not any(_as_told(page).search(_plainly(word)) for page in pages))
    return " ".join(kept)


def _that_lead_further(addresses: Iterable[str]) -> Iterator[str]:
    """In one spelling; a front page is no secret."""
    return (page for page in map(_plainly, addresses) if "/" in page or "?" in page)


@lru_cache(maxsize=64)
def _as_told(page: str) -> re.Pattern[str]:
    """Alone, or within other words; a page below it is another page."""
    return re.compile(rf"(?<![\w.-]){re.escape(page)}/?(?![\w/.~-])")


def _plainly(text: str) -> str:
    """In one spelling, whatever is percent-encoded, twice even."""
    text = unquote(unquote(text)).casefold()
    text = re.sub(r"(?:\w+:)?/{2,}(?:www\.)?", "", text)
    text = re.sub(r"(?<=[\w.]):(?:80|443)(?=[/?#])", "", text)
    return text.rstrip("/")
