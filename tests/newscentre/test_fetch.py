"""Fetching a feed: what a good publisher is owed, and what a bad one cannot do."""

import datetime as dt
import gzip
import ipaddress
import ssl
import threading
import time
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta

import brotli
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from demo.simulator import HOME, Answer, moved, packed, page, publishing
from newscentre.stages import internet
from newscentre.stages.bodies import TooLarge, Unreadable, body_of
from newscentre.stages.fetch import Fetcher, Limits, Marks, NotFetched, Reason, retry_after
from newscentre.stages.internet import AllowedHosts, is_public


def gzipped(body: bytes) -> bytes:
    """Without the moment of packing, so that every worker names its tests alike."""
    return gzip.compress(body, mtime=0)


def named(value: object) -> str:
    return f"{len(value)} bytes" if isinstance(value, bytes) else str(value) or "none"


FEED = b"<rss version='2.0'><channel><title>News</title></channel></rss>"
NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.8.9.10",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:93.184.216.34",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd12::1",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["93.184.216.34", "8.8.8.8", "1.1.1.1", "172.32.0.1", "100.63.255.255", "2606:2800:220:1::1", "2a00:1450::1"]
# The same loopback in the ways in which hosts may be written.
WAYS_TO_WRITE_LOOPBACK = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0",
    "0.0.0.0", "localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "①②⑦.⓪.⓪.①", "127。0。0。1",
]  # fmt: skip


def fetcher_for(*ports: int, resolve=None, trust=None, **limits) -> Fetcher:
    way_out = AllowedHosts(frozenset((HOME, port) for port in ports), **({"resolve": resolve} if resolve else {}))
    return Fetcher("i-Map/test", way_out, Limits(**{"seconds": 5, "step_seconds": 2, **limits}), trust)


@pytest.fixture
def fetcher(publisher) -> Fetcher:
    return fetcher_for(publisher.port)


def reason_of(fetcher: Fetcher, address: str) -> Reason:
    with pytest.raises(NotFetched) as raised:
        fetcher.fetch(address)
    return raised.value.reason


# A good publisher -----------------------------------------------------------------------------------------------------


def test_a_feed_comes_with_what_the_answer_says_of_it(publisher, fetcher):
    publisher.pages["/feed"] = page(FEED, ETag='W/"1"', Last_Modified="Tue, 24 Nov 2026 10:00:00 GMT")
    found = fetcher.fetch(publisher.at("/feed"))
    assert (found.body, found.content_type, found.is_new) == (FEED, "application/rss+xml", True)
    assert found.marks == Marks('W/"1"', "Tue, 24 Nov 2026 10:00:00 GMT")
    assert found.moved_to == ""


def test_the_publisher_sees_who_asks_and_gets_no_cookie_back(publisher, fetcher):
    publisher.pages["/feed"] = Answer(302, headers={"Location": "/there", "Set-Cookie": "visitor=1; Path=/"})
    publisher.pages["/there"] = page(FEED)
    fetcher.fetch(publisher.at("/feed"))
    (_, first), (_, second) = publisher.asked
    assert first["User-Agent"] == "i-Map/test"
    assert "Cookie" not in second


def test_what_did_not_change_is_not_sent_again(publisher, fetcher):
    marks = Marks('"abc"', "Tue, 24 Nov 2026 10:00:00 GMT")
    publisher.pages["/feed"] = lambda asked: Answer(304) if asked.get("If-None-Match") == '"abc"' else page(FEED)
    assert fetcher.fetch(publisher.at("/feed"), marks).is_new is False
    assert publisher.asked[0][1]["If-Modified-Since"] == marks.last_modified
    assert fetcher.fetch(publisher.at("/feed")).is_new is True


def test_a_mark_with_a_line_break_is_not_sent(publisher, fetcher):
    publisher.pages["/feed"] = page(FEED)
    fetcher.fetch(publisher.at("/feed"), Marks("a\r\nX-Forged: 1", "ünlesbar"))
    assert not {"If-None-Match", "If-Modified-Since", "X-Forged"} & set(publisher.asked[0][1])


@pytest.mark.parametrize("pack", [gzipped, zlib.compress, lambda body: gzipped(body) + gzipped(b"")])
def test_a_packed_feed_is_unpacked(publisher, fetcher, pack):
    encoding = "deflate" if pack is zlib.compress else "gzip"
    publisher.pages["/feed"] = page(pack(FEED), Content_Encoding=encoding)
    assert fetcher.fetch(publisher.at("/feed")).body == FEED


def raw_deflate(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


SENT = [
    ("UTF-8", FEED), ("none", FEED), ("binary", FEED), ("utf8, gzip", gzipped(FEED)), ("gzip", FEED), ("x-gzip", FEED),
    ("deflate", FEED), ("identity", gzipped(FEED)), ("", gzipped(FEED)),
    ("gzip", gzipped(FEED) + b"\n"), ("gzip", gzipped(FEED) + bytes(512)),
    ("gzip", gzipped(FEED[:20]) + gzipped(FEED[20:])), ("deflate", raw_deflate(FEED)),
    ("deflate", zlib.compress(FEED)), ("deflate", gzipped(FEED)), ("br", brotli.compress(FEED)),
    ("gzip, br", brotli.compress(gzipped(FEED))), ("gzip", gzipped(gzipped(FEED))),
]  # fmt: skip


@pytest.mark.parametrize(("encoding", "body"), SENT, ids=[f"{at}-{encoding}" for at, (encoding, _) in enumerate(SENT)])
@pytest.mark.parametrize("in_pieces", [False, True])
def test_a_body_is_unpacked_as_browsers_do_whatever_its_header_says(publisher, fetcher, encoding, body, in_pieces):
    headers = {"Content-Encoding": encoding} if encoding else {}
    publisher.pages["/feed"] = Answer(200, body, headers, is_chunked=in_pieces)
    assert fetcher.fetch(publisher.at("/feed")).body == FEED


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzipped(FEED * 50)[:-30]),
        ("deflate", zlib.compress(FEED * 50)[:-30]),
        ("br", brotli.compress(FEED * 50)[:-5]),
        ("br", b"\x0f" * 90),
    ],
    ids=named,
)
def test_a_body_that_was_cut_off_is_unreadable(publisher, fetcher, encoding, body):
    publisher.pages["/feed"] = page(body, Content_Encoding=encoding)
    assert reason_of(fetcher, publisher.at("/feed")) == Reason.UNREADABLE


BOMB = bytes(40_000_000)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzipped(BOMB)),
        ("", gzipped(BOMB)),
        ("deflate", raw_deflate(BOMB)),
        ("br", brotli.compress(BOMB, quality=5)),
        ("gzip, gzip", gzipped(gzipped(BOMB))),
        ("gzip", gzipped(gzipped(BOMB))),
        ("gzip", gzipped(bytes(900_000)) * 40),
        ("gzip", gzipped(b"") * 40_000),
    ],
    ids=named,
)
def test_no_packing_makes_a_bomb(encoding, body):
    tracemalloc.start()
    try:
        with pytest.raises((TooLarge, Unreadable)):
            body_of([body], encoding, 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_nothing_new_is_no_answer_to_a_first_question(publisher, fetcher):
    """Nor does a success without a feed count as one."""
    publisher.pages["/feed"] = Answer(304)
    assert reason_of(fetcher, publisher.at("/feed")) == Reason.STRANGE_ANSWER
    assert not fetcher.fetch(publisher.at("/feed"), Marks('"1"')).is_new


def test_a_feed_that_comes_in_small_pieces_comes_whole(publisher, fetcher):
    publisher.pages["/feed"] = Answer(body=FEED, is_chunked=True, drip_seconds=0.001)
    assert fetcher.fetch(publisher.at("/feed")).body == FEED


def test_a_feed_that_moved_for_good_says_where_it_lives_now(publisher, fetcher):
    publisher.pages |= {"/a": moved("/b"), "/b": moved("/c", 308), "/c": page(FEED)}
    assert fetcher.fetch(publisher.at("/a")).moved_to == publisher.at("/c")


def test_a_passing_redirect_is_followed_and_not_remembered(publisher, fetcher):
    publisher.pages |= {"/a": moved("/b"), "/b": moved("/c", 302), "/c": moved("/d"), "/d": page(FEED)}
    found = fetcher.fetch(publisher.at("/a"))
    assert (found.address, found.moved_to) == (publisher.at("/d"), publisher.at("/b"))


@pytest.mark.parametrize(
    ("status", "reason"),
    [(410, Reason.GONE), (404, Reason.NOT_FOUND), (403, Reason.NOT_ALLOWED), (429, Reason.BUSY), (503, Reason.BUSY),
     (500, Reason.OUT_OF_ORDER), (502, Reason.OUT_OF_ORDER), (418, Reason.STRANGE_ANSWER), (206, Reason.STRANGE_ANSWER)],
)  # fmt: skip
def test_an_answer_without_a_feed_says_why(publisher, fetcher, status, reason):
    publisher.pages["/feed"] = Answer(status, body=b"sorry")
    assert reason_of(fetcher, publisher.at("/feed")) == reason


def test_a_publisher_that_is_busy_says_for_how_long(publisher, fetcher):
    publisher.pages["/feed"] = Answer(429, headers={"Retry-After": "1800"})
    with pytest.raises(NotFetched) as raised:
        fetcher.fetch(publisher.at("/feed"))
    assert raised.value.retry_after == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("header", "wait"),
    [("120", timedelta(minutes=2)), ("Wed, 25 Nov 2026 09:00:00 GMT", timedelta(hours=1)), ("0", None), ("-5", None),
     ("soon", None), ("", None), ("Wed, 25 Nov 2020 09:00:00 GMT", None), ("99999999999999999999", timedelta(days=7)),
     ("Wed, 25 Nov 2099 09:00:00 GMT", timedelta(days=7)), ("١٢٠", None), ("1e9", None)],
)  # fmt: skip
def test_how_long_to_wait_is_read_from_seconds_and_dates(header, wait):
    assert retry_after(header, datetime(2026, 11, 25, 8, tzinfo=UTC)) == wait


# A bad one ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", ["reset", "short", "broken", "unasked", "no words"])
def test_a_broken_answer_has_its_reason(publisher, fetcher, trouble):
    answer, reason = {
        "reset": (Answer(is_reset=True), Reason.NO_CONNECTION),
        "short": (page(gzipped(FEED)[:-9], Content_Encoding="gzip"), Reason.UNREADABLE),
        "broken": (page(b"not gzip at all", Content_Encoding="gzip"), Reason.UNREADABLE),
        "unasked": (page(FEED, Content_Encoding="br"), Reason.UNREADABLE),
        "no words": (Answer(301), Reason.REFUSED_REDIRECT),
    }[trouble]
    publisher.pages["/feed"] = answer
    assert reason_of(fetcher, publisher.at("/feed")) in {reason, Reason.STRANGE_ANSWER}


def test_a_bomb_is_never_unpacked(publisher):
    publisher.pages["/bomb"] = packed(bytes(50_000_000))
    assert len(publisher.pages["/bomb"].body) < 100_000
    assert reason_of(fetcher_for(publisher.port, most_bytes=1_000_000), publisher.at("/bomb")) == Reason.TOO_LARGE


def test_a_body_without_end_ends(publisher):
    publisher.pages["/endless"] = Answer(body=b"x" * 50_000, is_endless=True)
    assert reason_of(fetcher_for(publisher.port, most_bytes=1_000_000), publisher.at("/endless")) == Reason.TOO_LARGE


def test_dripping_does_not_stretch_the_time(publisher):
    publisher.pages["/drip"] = Answer(body=b"x", is_endless=True, drip_seconds=0.1)
    began = time.monotonic()
    assert reason_of(fetcher_for(publisher.port, seconds=1), publisher.at("/drip")) == Reason.TOO_SLOW
    assert time.monotonic() - began < 4


def test_a_host_that_says_nothing_is_left(publisher):
    publisher.pages["/silent"] = lambda asked: time.sleep(3) or Answer()
    assert reason_of(fetcher_for(publisher.port, step_seconds=0.3), publisher.at("/silent")) == Reason.TOO_SLOW


def test_a_name_nobody_knows_and_a_door_nobody_opens(publisher):
    def unknown(host, port):
        raise OSError

    assert reason_of(fetcher_for(resolve=unknown), "http://nowhere.test/") == Reason.UNKNOWN_HOST
    assert reason_of(fetcher_for(1), f"http://{HOME}:1/") == Reason.NO_CONNECTION


def test_a_name_that_gives_no_answer_is_waited_for_no_longer_than_anything_else():
    """The system's own question for a name knows no limit."""
    is_over = threading.Event()

    def unanswered(host, port):
        is_over.wait(30)
        return [HOME]

    began = time.monotonic()
    for _ in range(2):
        fetcher = fetcher_for(resolve=unanswered, seconds=60, step_seconds=0.2)
        assert reason_of(fetcher, "http://unanswered.test/") == Reason.TOO_SLOW
    assert time.monotonic() - began < 10
    is_over.set()


def test_names_that_give_no_answer_are_asked_for_by_few_threads_only():
    is_over, before = threading.Event(), threading.active_count()
    fetcher = fetcher_for(resolve=lambda host, port: is_over.wait(30) and [HOME], seconds=0.1, step_seconds=0.1)
    for _ in range(12):
        assert reason_of(fetcher, "http://unanswered.test/") == Reason.TOO_SLOW
    assert threading.active_count() - before <= internet.MOST_QUESTIONS
    is_over.set()


def test_redirects_in_a_circle_end(publisher, fetcher):
    publisher.pages |= {"/a": moved("/b"), "/b": moved("/a")}
    assert reason_of(fetcher, publisher.at("/a")) == Reason.REFUSED_REDIRECT
    assert len(publisher.asked) == 6


# Forged requests ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_inside_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_redirect_leads_to_no_address_inside(publisher, fetcher, address):
    """The first hop is answered, so that it is the second one that is refused."""
    host = f"[{address}]" if ":" in address else address
    publisher.pages["/feed"] = moved(f"http://{host.replace('%', '%25')}/latest/meta-data/")
    assert reason_of(fetcher, publisher.at("/feed")) == Reason.REFUSED_ADDRESS
    assert [path for path, _ in publisher.asked] == ["/feed"]


@pytest.mark.parametrize("host", WAYS_TO_WRITE_LOOPBACK)
def test_loopback_is_refused_however_it_is_written(publisher, fetcher, host):
    """Another server of this machine listens at the port, and hears nothing."""
    with publishing() as inner:
        inner.pages["/secret"] = page(FEED)
        publisher.pages["/feed"] = moved(f"http://{host}:{inner.port}/secret")
        with pytest.raises(NotFetched):
            fetcher.fetch(publisher.at("/feed"))
        with pytest.raises(NotFetched):
            fetcher.fetch(f"http://{host}:{inner.port}/secret")
        assert inner.asked == []
    assert len(publisher.asked) == 1


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://example.org/feed", "gopher://example.org/", "data:text/xml,<rss/>", "//example.org/x",
     "javascript:alert(1)", "unix:/run/docker.sock", "http://", "http:///x", "", "feed", "http://user:pw@example.org/",
     "http://example.org\\@127.0.0.1/", "http://" + "a" * 3000, "http://[::1", "http://exa mple.org/", "jar:http://x!/"],
)  # fmt: skip
def test_only_addresses_of_the_web_are_asked(publisher, fetcher, address):
    publisher.pages["/feed"] = Answer(302, headers={"Location": address})
    with pytest.raises(NotFetched):
        fetcher_for().fetch(address)
    with pytest.raises(NotFetched):
        fetcher.fetch(publisher.at("/feed"))


@pytest.mark.parametrize("port", [22, 25, 111, 139, 445, 587])
def test_ports_of_other_services_are_not_knocked_at(port):
    assert not AllowedHosts().may_reach("93.184.216.34", port)
    assert AllowedHosts().may_reach("93.184.216.34", 443)
    assert AllowedHosts().may_reach("93.184.216.34", 8080)


def test_a_name_that_changes_its_address_leads_nowhere_else(publisher):
    """At the first hop the name belongs to the publisher, at the second to a server inside."""
    with publishing() as inner:
        inner.pages["/secret"] = page(FEED)
        given = iter([[HOME], ["127.0.0.2"], [HOME]])
        fetcher = fetcher_for(publisher.port, resolve=lambda host, port: next(given))
        publisher.pages["/feed"] = moved(f"http://news.test:{inner.port}/secret")
        assert reason_of(fetcher, publisher.at("/feed", "news.test")) == Reason.REFUSED_ADDRESS
        assert (len(publisher.asked), inner.asked) == (1, [])


@pytest.mark.parametrize("address", [address for address in NOT_PUBLIC if address != HOME])  # the publisher's own
@pytest.mark.parametrize("way", ["redirect", "first hop"])
def test_a_name_that_comes_to_mean_an_address_inside_is_refused(publisher, address, way):
    """As the owner of a name can bring about: at the first hop it belongs to the publisher, which answers, and then no more."""
    given = iter([[HOME], [address]]) if way == "redirect" else iter([[HOME], [HOME], [address]])
    fetcher = fetcher_for(publisher.port, resolve=lambda host, port: next(given))
    publisher.pages["/feed"] = moved("http://news.test/latest/meta-data/") if way == "redirect" else page(FEED)
    if way == "first hop":
        for _ in range(2):
            fetcher.fetch(publisher.at("/feed", "news.test"))
    assert reason_of(fetcher, publisher.at("/feed", "news.test")) == Reason.REFUSED_ADDRESS
    assert {path for path, _ in publisher.asked} == {"/feed"}


def test_a_name_with_addresses_on_both_sides_is_led_to_none_inside(publisher):
    """A list of addresses is no way in either: what is inside is not tried when what is outside does not answer."""
    with publishing() as inner:
        inner.pages["/feed"] = page(FEED)
        fetcher = fetcher_for(1, resolve=lambda host, port: [HOME, "127.0.0.1", "0.0.0.0", "::ffff:127.0.0.1"])
        assert reason_of(fetcher, inner.at("/feed", "news.test")) == Reason.REFUSED_ADDRESS
        assert inner.asked == []


def test_the_name_is_asked_once_and_the_address_it_gave_is_the_one_connected_to(publisher):
    asked = []
    publisher.pages["/feed"] = page(FEED)
    fetcher = fetcher_for(publisher.port, resolve=lambda host, port: asked.append(host) or [HOME])
    assert fetcher.fetch(publisher.at("/feed", "news.test")).body == FEED
    assert asked == ["news.test"]
    assert publisher.asked[0][1]["Host"] == f"news.test:{publisher.port}"


def test_of_several_addresses_only_those_outside_are_tried(publisher):
    fetcher = fetcher_for(publisher.port, resolve=lambda host, port: ["10.0.0.1", "::1", HOME])
    publisher.pages["/feed"] = page(FEED)
    assert fetcher.fetch(publisher.at("/feed", "news.test")).body == FEED


def test_a_connection_that_ends_elsewhere_than_it_was_sent_is_closed(publisher, monkeypatch):
    """As where something on the way answers for another address."""
    monkeypatch.setattr(AllowedHosts, "addresses_of", lambda self, host, port: [HOME])
    assert reason_of(fetcher_for(), publisher.at("/feed", "news.test")) == Reason.REFUSED_ADDRESS
    assert publisher.asked == []


def test_what_the_environment_says_of_proxies_and_passwords_counts_for_nothing(
    publisher, fetcher, monkeypatch, tmp_path
):
    (tmp_path / ".netrc").write_text(f"machine {HOME} login me password secret\n")
    with publishing() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.at(""))
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        publisher.pages["/feed"] = page(FEED)
        assert fetcher.fetch(publisher.at("/feed")).body == FEED
        assert proxy.asked == []
    assert "Authorization" not in publisher.asked[0][1]


# TLS ------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The file of a certificate for news.test, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "news.test")])
    now = dt.datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("news.test"), x509.IPAddress(ipaddress.ip_address("127.0.0.9"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path_factory.mktemp("tls") / "news.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def publisher_with_tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with publishing(context) as one:
        one.pages["/feed"] = page(FEED)
        yield one


def fetcher_with_trust(publisher, certificate) -> Fetcher:
    trust = ssl.create_default_context(cafile=str(certificate))
    return fetcher_for(publisher.port, resolve=lambda host, port: [HOME], trust=trust)


def test_a_publisher_proves_its_name(publisher_with_tls, certificate):
    fetcher = fetcher_with_trust(publisher_with_tls, certificate)
    assert fetcher.fetch(publisher_with_tls.at("/feed", "news.test")).body == FEED
    assert reason_of(fetcher, publisher_with_tls.at("/feed", "other.test")) == Reason.NO_TRUST


def test_a_certificate_that_nobody_vouches_for_is_not_believed(publisher_with_tls):
    fetcher = fetcher_for(publisher_with_tls.port, resolve=lambda host, port: [HOME])
    assert reason_of(fetcher, publisher_with_tls.at("/feed", "news.test")) == Reason.NO_TRUST
    assert publisher_with_tls.asked == []


def test_no_redirect_leads_out_of_tls(publisher, publisher_with_tls, certificate):
    publisher_with_tls.pages["/feed"] = moved(publisher.at("/feed"))
    publisher.pages["/feed"] = page(FEED)
    fetcher = fetcher_with_trust(publisher_with_tls, certificate)
    assert reason_of(fetcher, publisher_with_tls.at("/feed", "news.test")) == Reason.REFUSED_REDIRECT
    assert publisher.asked == []
