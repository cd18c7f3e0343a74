"""Addresses that exist, those that do not, and what every answer carries."""

import json
import re
from html import unescape

import pytest

from atlas.models import Membership, Role
from atlas.sorting import sort_key

pytestmark = pytest.mark.django_db

LANGUAGES = ("ar", "en", "fr")
PAGES = [
    "/{}/",
    "/{}/maps/",
    "/{}/maps/mtm/",
    "/{}/maps/mtm/about/",
    "/{}/maps/mtm/partners/",
    "/{}/maps/mtm/supporters/",
    "/{}/maps/mtm/contact/",
    "/{}/maps/mtm/migration-development/",
    "/{}/maps/mtm/migration-development/?by=area",
    "/{}/maps/mtm/migration-development/across/remittances/",
    "/{}/maps/mtm/migration-development/morocco/",
    "/{}/maps/mtm/migration-development/morocco/remittances/",
    "/{}/maps/mtm/migration-development/morocco/print/",
    "/{}/maps/mtm/migration-development/morocco/editions/1/",
    "/{}/countries/",
    "/{}/countries/morocco/",
    "/{}/news/",
    "/{}/calendar/",
    "/{}/calendar/2012-05/",
    "/{}/news/reviews/",
    "/{}/library/",
    "/{}/links/",
    "/{}/search/?q=migration",
    "/{}/terms/",
    "/{}/privacy/",
    "/{}/accessibility/",
    "/{}/accounts/login/",
]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_there_in_each_language_with_a_switch_that_stays_on_it(reader, page):
    stranger = reader("stranger")
    for language in LANGUAGES:
        answer = stranger.get(page.format(language))
        html = answer.content.decode()
        assert answer.status_code == 200
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in html
        for other in LANGUAGES:
            assert f'href="{page.format(other).partition("?")[0]}"' in html


@pytest.mark.parametrize(
    "page",
    [
        "/de/",
        "/en/maps/nowhere/",
        "/en/maps/mtm/no-theme/",
        "/en/maps/prague-process/nothing/georgia/",
        "/en/maps/mtm/migration-development/atlantis/",
        "/en/maps/mtm/migration-development/morocco/gossip/",
        "/en/maps/mtm/migration-development/morocco/editions/99/",
        "/en/maps/mtm/migration-development/morocco/editions/first/",
        "/en/maps/mtm/migration-development/across/gossip/",
        "/en/countries/atlantis/",
        "/en/maps/mtm/migration-development/morocco%0a/",
        "/en/maps/mtm//migration-development/morocco/",
        "/en/MAPS/mtm/",
        "/en/accounts/signup/",
        "/basemap/0000.json",
    ],
)
def test_what_is_not_there_is_said_kindly(reader, page):
    answer = reader("stranger").get(page)
    assert answer.status_code == 404
    assert "<h1>" in answer.content.decode()


def test_a_visitor_is_sent_home_in_the_browsers_language(reader):
    for asked, language in (("ar", "ar"), ("fr-FR,fr;q=0.9", "fr"), ("de", "en"), ("", "en")):
        answer = reader("stranger").get("/", headers={"accept-language": asked})
        assert answer["Location"] == f"/{language}/"


@pytest.mark.parametrize(
    "page", ["/en/", "/ar/maps/mtm/", "/fr/maps/mtm/migration-development/morocco/", "/en/accounts/login/"]
)
def test_readers_pages_load_files_only(reader, page):
    answer = reader("stranger").get(page)
    html = answer.content.decode()
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL):
        assert "src=" in attributes or 'type="application/json"' in attributes, body
    assert "<style" not in html
    assert not re.search(r"\s(?:style|on\w+)=", html)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//[^"]*\.(?:js|css|woff2|png|svg)', html)


def test_public_pages_set_no_cookie(reader):
    for page in PAGES[:-1]:
        assert not reader("stranger").get(page.format("en")).cookies


@pytest.mark.parametrize("dialogue", ["mtm", "budapest-process", "prague-process", "rabat-process"])
@pytest.mark.parametrize("login", ["stranger", "official.mar"])
def test_the_map_of_a_dialogue_and_its_list_say_the_same(reader, dialogue, login):
    """Partner states and other covered countries in a list each, with a mark for those that a profile is there of."""
    html = reader(login).get(f"/fr/maps/{dialogue}/").content.decode()
    content = json.loads(re.search(r'<script id="map-content" type="application/json">(.*?)</script>', html)[1])
    countries = [country for country in content["countries"].values() if country["roles"]]
    aside = unescape(html[html.index('class="covered"') : html.index('class="themes"')])
    lists = dict(re.findall(r"<h3>([^<]+)</h3><ul[^>]*>(.*?)</ul>", aside, re.DOTALL))
    partners, others = lists.pop("États partenaires"), "".join(lists.values())
    assert names_in(partners) == sorted(
        (country["name"] for country in countries if "partner" in country["roles"]),
        key=lambda name: sort_key(name, "fr"),
    )
    assert set(names_in(others)) == {country["name"] for country in countries if "partner" not in country["roles"]}
    with_profile = {country["name"] for country in countries if country["href"]}
    marked = re.findall(r">([^<]+)</a> <span class=\"has-profile(?: narrower)?\"", partners + others)
    assert set(marked) == with_profile
    not_covered = re.findall(r">([^<]+)</a>[^\n]*?<small>", partners.replace("</li>", "\n"))
    assert set(not_covered) == {country["name"] for country in countries if "covered" not in country["roles"]}


def names_in(html: str) -> list[str]:
    return re.findall(r'<a href="/fr/countries/[^"]+">([^<]+)</a>', html)


def test_home_counts_the_partner_states_of_each_dialogue(reader):
    def numbers(language: str = "en") -> list[str]:
        return re.findall(r"<i>([^<]+)</i>", reader("stranger").get(f"/{language}/").content.decode())

    assert numbers() == ["46 states", "52 states", "50 states", "58 states"]
    assert numbers("ar") == ["46 دولة", "52 دولة", "50 دولة", "58 دولة"]
    mtm = Membership.objects.filter(dialogue="mtm")
    mtm.filter(partner="kenya", role=Role.PARTNER).update(left=2012)
    mtm.filter(partner="italy", role=Role.PARTNER).update(role=Role.OBSERVER)
    assert numbers()[0] == "44 states"


def test_kosovo_is_never_named_without_its_footnote(reader):
    for page in (
        "/en/countries/",
        "/en/maps/prague-process/",
        "/fr/maps/prague-process/",
        "/en/countries/kosovo/",
        "/en/",
    ):
        html = reader("stranger").get(page).content.decode()
        assert re.search(r"Kosovo\*", html), page
        named = re.sub(r'<aside class="footnotes".*?</aside>|href="[^"]*"', "", html, flags=re.DOTALL)
        assert not re.search(r"Kosovo(?!\*)", named), page
        assert "1244" in html


def test_partners_are_listed_in_the_readers_alphabet(reader):
    html = reader("stranger").get("/ar/maps/mtm/partners/").content.decode()
    first_year = html[html.index("<h3>2002") : html.index("<h3>2004")]
    names = re.findall(r'<a href="[^"]+">([^<]+)</a>', first_year)
    assert names == sorted(names, key=lambda name: sort_key(name, "ar"))
    assert len(names) == 27


def test_health_and_readiness_are_told(reader):
    assert reader("stranger").get("/healthz").content == b"ok\n"
    assert reader("stranger").get("/readyz").json() == {"ready": True, "failing": []}


def test_the_basemap_is_sent_compressed_and_may_be_kept_for_ever(reader):
    html = reader("stranger").get("/en/").content.decode()
    address = re.search(r'data-basemap="([^"]+)"', html)[1]
    answer = reader("stranger").get(address, headers={"accept-encoding": "br, gzip"})
    assert answer["Content-Encoding"] == "br"
    assert "immutable" in answer["Cache-Control"]
    assert len(answer.content) < 90_000
    assert reader("stranger").get(address).json()["type"] == "Topology"


SAID = {"en": "removed after {} days", "fr": "supprimées après {} jours", "ar": "(عدد الأيام: {})"}


@pytest.mark.parametrize("days", [400, 92])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_privacy_page_says_for_how_many_days_the_log_is_kept_as_the_purge_does(client, settings, language, days):
    settings.LOG_DAYS = days
    text = client.get(f"/{language}/privacy/").content.decode()
    assert SAID[language].format(days) in text
    assert "365" not in text
