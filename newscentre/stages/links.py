"""URLs of articles: which may become a link, parsed as browsers do, and which name the same page.

What browsers do is written down in the URL Standard (https://url.spec.whatwg.org/); of it stands here what addresses of
the web need. What comes out is ASCII: signs that nobody sees are percent-encoded and do no harm.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

import idna

LONGEST = 2000  # characters
LONGEST_READ = 5 * LONGEST  # of a link as a feed writes it, which may have steps that lead nowhere
# What counts visitors and names no page.
COUNTING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|xtor|at_\w+|ns_\w+|ref_src|cmpid", re.I)
AROUND = "".join(map(chr, range(0x21)))  # controls and space, left out at both ends
WITHIN = dict.fromkeys(map(ord, "\t\n\r"))  # left out wherever they stand
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)
UNSEEN = re.compile(r"[\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\\]")
HOST = re.compile(r"[\w.-]+|\[[0-9a-f:.]+\]", re.I | re.ASCII)
USUAL_PORTS = {"http": 80, "https": 443}
# Names under which an address holds what opens it, and how what was made up for that looks.
KEY_NAME = re.compile(
    r"token|secret|passw|pwd|private|signature|session|credential|jwt|hmac|auth(?!or)"
    r"|(?:^|[_-]|api|access|feed|rss|user)(?:key|sig|hash|pass|sid)$", re.I
)  # fmt: skip
SHORTEST_KEY, SHORTEST_MADE_UP, FEWEST_CHANGES = 8, 10, 4
CHANGE = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|(?<=[a-z])(?=[A-Z])")
UNBROKEN = re.compile(r"\d{10}|[A-Za-z]{32}")
IN_A_PATH, IN_A_QUERY, IN_A_FRAGMENT = "/%:@!$&'()*+,;=~|[]^", "/%:@!$&()*+,;=~|[]^?{}`\\", "/%:@!$&'()*+,;=~|[]^?{}#\\"


def safe_link(link: str, base: str = "") -> str:
    """The address as it may stand in a page, or empty: http and https only, with a host, without name and password.

    `base`: a safe link that completes a relative one. An empty link leads nowhere, not to the base.
    """
    if len(link) > LONGEST_READ:
        return ""
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
    """The URL as browsers write it. Raises ValueError, or returns '', if it names no host or is too long."""
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
    """The host in ASCII, or '' if it is not a valid host name."""
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
            del kept[-1:]
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
    """Whether a link or any other text gives away one of these addresses, or a key in it, as it stands or percent-encoded."""
    said = _plainly(text)
    return said in map(_plainly, addresses) or any(untold.search(said) for untold in _untold(addresses))


def without(text: str, addresses: Sequence[str]) -> str:
    """The text without these addresses, however they are written in it."""
    if not addresses or not tells(text, addresses):
        return text
    untold = _untold(addresses)
    return " ".join(word for word in text.split() if not any(one.search(_plainly(word)) for one in untold))


def _untold(addresses: Iterable[str]) -> list[re.Pattern[str]]:
    """A front page is no secret."""
    pages = (page for page in map(_plainly, addresses) if "/" in page or "?" in page)
    keys = (key for address in addresses for key in keys_of(address))
    return [*map(_as_told, pages), *map(_as_key, keys)]


@lru_cache(maxsize=64)
def _as_told(page: str) -> re.Pattern[str]:
    """Alone, or within other words; a page below it is another page, unless it holds a key."""
    return re.compile(rf"(?<![\w.-]){re.escape(page)}/?(?![\w/.~-])")


@lru_cache(maxsize=64)
def _as_key(key: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){re.escape(key)}(?![^\W_])")


@lru_cache(maxsize=64)
def keys_of(address: str) -> frozenset[str]:
    """What of an address may open it to whoever knows it, in small letters: values and steps that look made up, and those
    that stand under a name such as “token” or “private”, the name with them.
    """
    parts = urlsplit(address)
    steps = [step for step in _twice_unquoted(parts.path).split("/") if step]
    asked = [(name, _twice_unquoted(value)) for name, value in parse_qsl(parts.query)]
    keys = {text for text in (*steps, *(value for _, value in asked)) if looks_made_up(text)}
    keys |= {f"{name}={value}" for name, value in asked if KEY_NAME.search(name)}
    keys |= {value for name, value in asked if KEY_NAME.search(name) and len(value) >= SHORTEST_KEY}
    keys |= {f"{name}/{step}" for name, step in pairwise(steps) if KEY_NAME.search(name)}
    return frozenset(_plainly(key) for key in keys)


def looks_made_up(text: str) -> bool:
    """Whether it is long and no word, date or small number: letters and digits mixed, capitals within, or without a break."""
    if len(text) < SHORTEST_MADE_UP:
        return False
    return len(CHANGE.findall(text)) >= FEWEST_CHANGES or bool(UNBROKEN.search(text))


def _twice_unquoted(text: str) -> str:
    return unquote(unquote(text))


def _plainly(text: str) -> str:
    """Normalises percent-encoding, including double encoding."""
    text = _twice_unquoted(text).casefold()
    # A scheme begins where a word does, and is short: sought at each letter of a long word it would cost the square of that.
    text = re.sub(r"(?:(?<!\w)\w{1,20}:)?/{2,}(?:www\.)?", "", text)
    text = re.sub(r"(?<=[\w.]):(?:80|443)(?=[/?#])", "", text)
    return text.rstrip("/")
