"""Who reads what: every person of the cast, every preset, every address. Canaries are searched in the raw bytes."""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.db.models import Q
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import translation

import atlas.visible_versions
import profiles.shown_editions
import profiles.visible_edition
from access import visibility
from access.presets import Preset
from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from atlas.models import Basemap, Membership
from demo.cast import ALL_FOUR
from indicators.models import Observation, Source
from newscentre.models import (
    Article,
    Feed,
    Link,
    Meeting,
    MeetingDocument,
    OutsideAddress,
    ParticipantList,
    Project,
    Publication,
    PublicationFile,
    Review,
)
from profiles.listing import listed
from profiles.models import METHOD_NOTE, Draft, Profile, Section
from tests.access import planting_dialogues
from tests.access.hostile import is_shown_as_text, is_taken_for_more, plant_markup
from tests.access.planting import (
    DIALOGUE,
    NARROW,
    OPENING,
    OTHER_DESK,
    PLACES,
    THEME,
    Planted,
    canaries_in,
)
from tests.access.planting_news import NAMED, month_of
from tests.access.planting_routes import EMBED_KEY, ROUTE, YEAR
from tests.conftest import EVERYBODY, STRANGER, _as_owner, forget_all_pages, user_of
from tests.readers import anonymised, answer_to, body_of, raw

# ---------------------------------------------------------------------------------------------------------------------
# The policy
# ---------------------------------------------------------------------------------------------------------------------

WHO_MAY_READ = """
                    public  nominated  theme  partners  group  secretariat
stranger            reads   -          -      -         -      -
secretariat         reads   reads      reads  reads     reads  reads
editor              reads   reads      reads  reads     reads  reads
translator.ar       reads   -          -      -         reads  -
official.mar        reads   reads      reads  reads     -      -
official.mar.dev    reads   reads      -      reads     -      -
focalpoint.mar      reads   reads      reads  reads     -      -
official.ukr        reads   reads      -      -         reads  -
unhcr               reads   reads      reads  -         -      -
frontex             reads   reads      reads  -         -      -
observer.las        reads   reads      -      -         -      -
editor.rabat        reads   -          -      -         -      -
"""
DESK = {"secretariat", "editor"}  # who sees a section for the secretariat alone
MOROCCO = {"official.mar", "official.mar.dev", "focalpoint.mar"}  # who, with the desk, sees a source for Morocco
PRESETS, *ROWS = [line.split() for line in WHO_MAY_READ.strip().splitlines()]
TABLE = {
    login: {preset for preset, word in zip(PRESETS, words, strict=True) if word == "reads"} for login, *words in ROWS
}
PEOPLE = list(TABLE)

OF_A_READER = {"text", "note", "source", "figure", "cited", "remark", "former", "address", "asof"}
OF_A_READER |= {"layer", "stop", "segment", "why", "story", "news", "meeting", "document", "publication", "file"}
OF_A_READER |= {"project", "link", "review", "place", "publisher"}
OF_THE_DESK = {"narrow", "narrowsource", "narrowcited", "deskdocument", "deskfile"}
OF_ANOTHER_DESK = {("secretariat", "otherplace"), ("secretariat", "otherpress")}
OF_A_HIDDEN_DIALOGUE = {("secretariat", kind) for kind in planting_dialogues.KINDS}
OPEN_BUT_FOR_THE_NAMES = {"public", "nominated"}  # meetings whose participants the dialogue and theme alone may read
NEVER_FOR_READERS = {"draft", "name", "inbox", "feed", "outside"}
NOT_SECRET_IN_ADMIN = {"name"}  # of persons: see the test at the end


def may_see(login: str) -> set[tuple[str, str]]:
    """(preset, kind of canary) that this person may be shown on readers' pages."""
    kinds = OF_A_READER | {"tag"}
    kinds |= OF_THE_DESK if login in DESK else set()
    kinds |= {"further"} if login in DESK | MOROCCO else set()
    shown = {(preset, kind) for preset in TABLE[login] for kind in kinds}
    shown |= OF_ANOTHER_DESK if login in {"secretariat", OTHER_DESK} else set()
    shown |= OF_A_HIDDEN_DIALOGUE if login in {OTHER_DESK, "observer.las"} else set()
    shown |= {("theme", "watch")} if login == "official.mar" else set()
    named = TABLE[login] if "theme" in TABLE[login] else TABLE[login] - OPEN_BUT_FOR_THE_NAMES
    shown |= {(preset, "participants") for preset in named}
    return shown | ({("partners", "proof"), ("partners", "answer")} if login in DESK | MOROCCO else set())


# ---------------------------------------------------------------------------------------------------------------------
# The addresses: every pattern of the URLconf is here.
# ---------------------------------------------------------------------------------------------------------------------

IN_THEME = (DIALOGUE, THEME)
HIDDEN = planting_dialogues.HIDDEN
IN_HIDDEN = (HIDDEN, planting_dialogues.THEME)


@dataclass(frozen=True)
class Surface:
    """Arguments with which an address is asked for. `each`: once for every planted profile. `shows`: what must be there."""

    arguments: tuple = ()
    query: str = ""
    each: bool = False
    shows: frozenset[str] = frozenset()
    why_not: str = ""


def at(*arguments, query: str = "", each: bool = False, shows: str = "") -> Surface:
    return Surface(arguments, query, each, frozenset(shows.split()))


def skipped(why: str) -> Surface:
    return Surface(why_not=why)


SURFACES: dict[str, list[Surface]] = {
    "root": [at()],
    "healthz": [at()],
    "readyz": [at()],
    "robots": [at()],
    "sitemap": [at()],
    "basemap": [at("drawn")],
    "set_language": [at()],
    "embed": [at(EMBED_KEY), at("x" * 32)],
    "embed_layers": [at(EMBED_KEY, 4), at("x" * 32, 4)],
    "ogc": [at()],
    "ogc_definition": [at()],
    "ogc_conformance": [at()],
    "ogc_collections": [at()],
    "ogc_collection": [at(f"{DIALOGUE}-segments"), at(f"{DIALOGUE}-stops")],
    "ogc_items": [
        at(f"{DIALOGUE}-segments", shows=""),
        at(f"{DIALOGUE}-stops"),
        at(f"{DIALOGUE}-stops", query="?bbox=0,0,20,20"),
    ],
    "ogc_item": [at(f"{DIALOGUE}-stops", 1), at(f"{DIALOGUE}-segments", 10**6)],
    "home": [at(shows="address asof")],
    "account_login": [at()],
    "account_logout": [at()],
    "account_inactive": [at()],
    "account_reauthenticate": [at()],
    "account_change_password": [at()],
    "account_reset_password": [at()],
    "account_reset_password_done": [at()],
    "account_reset_password_from_key": [at("1", "set-password")],
    "account_reset_password_from_key_done": [at()],
    "account_join": [at()],
    "account_join_by_link": [at("x" * 43)],
    "account_signup": [at()],
    "view_as": [at()],
    "nominations": [at()],
    "nominate": [at(), at(query="?partner=morocco")],
    "nomination": [at("1"), at("2")],
    "nomination_withdraw": [at("1")],
    "nomination_again": [at("1")],
    "nomination_address": [at("1"), at("2")],
    "nomination_letter": [at("1"), at("2")],
    "mandates": [at()],
    "mandate_confirm": [at("1")],
    "mandate_end": [at("1")],
    "account_set_password": [at()],
    "own_page": [at()],
    "own_data": [at()],
    "end_sessions": [at()],
    "make_token": [at()],
    "revoke_token": [at("1")],
    "sign_in_again": [at()],
    "accept_terms": [at()],
    "mfa_index": [at()],
    "mfa_authenticate": [at()],
    "mfa_reauthenticate": [at()],
    "mfa_reauthenticate_webauthn": [at()],
    "mfa_activate_totp": [at()],
    "mfa_deactivate_totp": [at()],
    "mfa_view_recovery_codes": [at()],
    "mfa_generate_recovery_codes": [at()],
    "mfa_download_recovery_codes": [at()],
    "mfa_add_webauthn": [at()],
    "mfa_login_webauthn": [at()],
    "remove_factor": [at("1")],
    "openid_connect_login": [at("nobody")],
    "openid_connect_callback": [at("nobody")],
    "api_me": [at()],
    "terms": [at()],
    "former_terms": [at("2026-11-24")],
    "privacy": [at()],
    "accessibility": [at()],
    "about": [at(DIALOGUE), at(HIDDEN)],
    "partners": [at(DIALOGUE), at(HIDDEN)],
    "supporters": [at(DIALOGUE), at(HIDDEN)],
    "contact": [at(DIALOGUE), at(HIDDEN)],
    "maps": [at(shows="address asof")],
    "dialogue": [at(DIALOGUE, shows="address asof"), at("rabat-process"), at(HIDDEN)],
    "theme": [
        at(*IN_THEME, shows="address asof"),
        at(*IN_THEME, query="?by=area", shows="address asof"),
        at(*IN_HIDDEN),
    ],
    "across": [
        at(*IN_THEME, OPENING, shows="address text cited narrowcited"),
        at(*IN_THEME, NARROW, shows="address narrow"),
        at(*IN_HIDDEN, planting_dialogues.HEADING),
    ],
    "profile": [at(*IN_THEME, "slug", each=True, shows="text note source further tag figure cited narrowcited asof")],
    "section": [
        at(*IN_THEME, "slug", NARROW, each=True, shows="narrow narrowsource note figure asof"),
    ],
    "whole": [
        at(
            *IN_THEME,
            "slug",
            each=True,
            shows="text narrow note source narrowsource further tag figure cited narrowcited asof",
        )
    ],
    "edition": [
        at(
            *IN_THEME,
            "slug",
            "newest",
            each=True,
            shows="text narrow note source narrowsource further figure cited narrowcited asof",
        ),
        at(*IN_THEME, "slug", "former", each=True, shows="former figure asof"),
    ],
    "by_year": [at(DIALOGUE), at(HIDDEN)],
    "routes": [at(DIALOGUE, shows="layer why story"), at(DIALOGUE, query="?known-on=2012", shows="layer why story")],
    "route_edition": [at(DIALOGUE, YEAR, shows="layer why"), at(DIALOGUE, 2012), at(DIALOGUE, 1999)],
    "route_edition_number": [at(DIALOGUE, YEAR, 1, shows="layer why"), at(DIALOGUE, YEAR, 9)],
    "route_layers": [at(DIALOGUE, YEAR, 1, zoom, shows="stop segment") for zoom in (4, 7)],
    "route_export": [at(DIALOGUE, YEAR, 1, ending, shows="stop segment") for ending in ("geojson", "csv.zip", "kml")]
    + [at(DIALOGUE, YEAR, 1, "gpkg"), at(DIALOGUE, YEAR, 1, "exe")],
    "route_sheet": [
        at(DIALOGUE, YEAR, 1, YEAR, "a4", "pdf", shows="segment"),
        at(DIALOGUE, YEAR, 1, YEAR, "a3", "svg"),
        at(DIALOGUE, 2012, 1, 1999, "a4", "pdf"),
    ],
    "route_proof": [at(DIALOGUE, YEAR, 1)],
    "route_proof_layers": [at(DIALOGUE, YEAR, 1, 4)],
    "route_story": [at(DIALOGUE, "story", each=True, shows="story")],
    "routes_of": [at(DIALOGUE, "route", ROUTE, shows="layer why"), at(DIALOGUE, "country", "mali")],
    "news": [
        at(shows="news publisher place"),
        at(query="?publisher=press-public", shows=""),
        at(query="?subject=town-secretariat-1"),
        at(query="?subject=hub-of-another-desk"),
        at(query=f"?dialogue={HIDDEN}"),
    ],
    "news_feed": [at("rss"), at("atom"), at("rss", query="?publisher=press-theme")],
    "reviews": [at()],
    "review": [at(DIALOGUE, "month", each=True, shows="review news"), at(DIALOGUE, "2024-01")],
    "review_pdf": [at(DIALOGUE, "month", each=True, shows="review news")],
    "watches": [at()],  # viewing as someone shows nothing of what is theirs: who sees it is asked in test_watching.py
    "keep_watch": [at()],
    "remove_watch": [at("1")],
    "stop_digest": [at("0" * 64)],
    "news_of": [
        at("slug", each=True),
        at(NAMED, shows="news"),
        at("town-secretariat-1"),
        at("hub-of-another-desk"),
        at("hub-being-prepared"),
    ],
    "article": [at("article", each=True, shows="news")],
    "search": [
        at(),
        at(query="?q=cnry"),
        at(query="?q=cnry+news", shows="news"),
        at(query="?q=inbox"),
        at(query="?q=cnry+meeting", shows="meeting"),
        at(query="?q=cnry+deskmeeting"),
        at(query="?q=cnry+deskbook"),
        at(query="?q=cnry&kind=document", shows="document"),
        at(query="?q=cnry&kind=publication", shows="publication"),
        at(query="?q=cnry&kind=project", shows="project"),
        at(query="?q=cnry&kind=link", shows="link"),
        at(query="?q=cnry&kind=article", shows="news"),
        at(query="?q=cnry+text&kind=profile&language=en", shows="text"),
        at(query="?q=cnry+narrow&kind=profile&language=en", shows="narrow"),
    ],
    "search_suggestions": [at(), at(query="?q=mor")],
    "calendar": [at(shows="meeting"), at(query="?year=1985", shows="meeting"), at(query="?page=2")],
    "calendar_month": [at("1985-03", shows="meeting"), at("1985-04")],
    "calendar_file": [at(shows="meeting"), at(query="?year=1985&dialogue=mtm", shows="meeting")],
    "calendar_subscription": [at("x" * 37)],  # with a token that is one: tests/newscentre/test_calendar.py
    "meeting": [at("meeting", each=True, shows="meeting document deskdocument participants")],
    "meeting_file": [at("meeting", each=True, shows="meeting")],
    "meeting_document": [
        at("document", each=True, shows="document"),
        at("deskdocument", each=True, shows="deskdocument"),
    ],
    "library": [
        at(shows="publication project"),
        at(query="?dialogue=mtm&subject=mali&section=detection", shows="publication"),
        at(query="?subject=atlantis"),
    ],
    "publication": [at("publication", each=True, shows="publication file deskfile")],
    "publication_file": [at("file", each=True, shows="file"), at("deskfile", each=True, shows="deskfile")],
    "project": [at("project", each=True, shows="project")],
    "links": [at(shows="link")],
    "countries": [at()],
    "country": [
        at(NAMED, shows="news place"),
        at("slug", each=True, shows="address source further figure"),
        at("slug", query="?known-on=2012-02", each=True, shows="address source further figure"),
    ],
}

# The admin: by the last word of the pattern's name, for each registered model, and its own addresses.
ADMIN_OF_A_MODEL = {"changelist", "add", "change", "history", "delete"}
ADMIN_SURFACES: dict[str, list[Surface]] = {
    "admin:index": [at()],
    "admin:login": [at()],
    "admin:logout": [skipped("signs out, by POST only")],
    "admin:password_change": [at()],
    "admin:password_change_done": [at()],
    "admin:autocomplete": [at(query="?app_label=profiles&model_name=profile&field_name=subject&term=a")],
    "admin:jsi18n": [at()],
    "admin:view_on_site": [at("1", "1")],
    "admin:app_list": [at("profiles"), at("indicators"), at("routes"), at("accounts"), at("newscentre")],
    "admin:auth_user_password_change": [at("1")],
    "admin:profiles_profile_draft": [at("profile", OPENING, "en", each=True), at("profile", NARROW, "ar", each=True)],
    "admin:profiles_profile_preview": [at("profile", "en", each=True)],
    "admin:profiles_profile_publish": [at("profile", each=True)],
    "admin:profiles_profile_add_language": [at("profile", "fr", each=True)],
    "admin:profiles_profile_take_back": [at("profile", "former", each=True)],
    "admin:profiles_profile_have_back": [at("profile", "kept", each=True)],
    "admin:routes_mapedition_next": [at(DIALOGUE)],
    "admin:routes_stop_positions": [at()],
    "admin:newscentre_feed_health": [at()],
    "admin:newscentre_feed_health_now": [at()],
    "admin:newscentre_feed_fetch": [at()],
    "admin:newscentre_feed_opml": [at()],
    "admin:newscentre_feed_take_opml": [at()],
    "admin:accounts_logentry_export": [at()],
    "admin:accounts_useofquarter_export": [at()],
    "admin:accounts_widening_decide": [at("1")],
    "admin:accounts_policywidening_decide": [at("1")],
}
UNNAMED_IN_ADMIN = {r"(?P<url>.*)$", "<path:object_id>/"}  # the admin's catch-all, and the old form of a change page


def patterns(resolver, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    """(name with its namespace, route) of every address, all levels down."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield namespace + (pattern.name or ""), prefix + str(pattern.pattern)
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from patterns(pattern, prefix + str(pattern.pattern), inner)


def test_every_address_of_the_portal_is_in_the_matrix():
    walked = list(patterns(get_resolver("imap.urls")))
    assert len(walked) > 40, "the walk stops early"
    unlisted = [(name, route) for name, route in walked if not _is_listed(name, route)]
    assert not unlisted, "say in SURFACES or ADMIN_SURFACES how these addresses are asked for"
    names = {name for name, _ in walked}
    gone = set(SURFACES) - names
    assert not gone, "these addresses exist no more"


def _is_listed(name: str, route: str) -> bool:
    if name in SURFACES or name in ADMIN_SURFACES:
        return True
    if name == "admin:":
        return any(route.endswith(ending) for ending in UNNAMED_IN_ADMIN)
    models = {f"admin:{model._meta.app_label}_{model._meta.model_name}_" for model in admin.site._registry}
    return any(name == f"{prefix}{action}" for prefix in models for action in ADMIN_OF_A_MODEL)


def paths_of(name: str, surface: Surface, planted: dict[Preset, Planted]) -> Iterator[tuple[str, Planted | None]]:
    """The addresses of a surface, each with the profile it is about."""
    if surface.why_not:
        return
    for one in planted.values() if surface.each else [None]:
        arguments = [_argument(word, one) for word in surface.arguments]
        yield reverse(name, args=arguments) + surface.query, one


def _argument(word, planted: Planted | None):
    if word == "drawn":
        return Basemap.objects.values_list("digest", flat=True).first()
    if planted is None:
        return word
    former, newest = planted.editions
    return {
        "story": f"story-{planted.preset}",
        "slug": planted.slug,
        "former": former,
        "kept": planted.kept,
        "newest": newest,
        "profile": planted.profile.pk,
        "article": planted.article,
        "meeting": planted.meeting,
        "document": planted.document,
        "deskdocument": planted.deskdocument,
        "month": month_of(planted.preset),
        "publication": planted.publication,
        "file": planted.file,
        "deskfile": planted.deskfile,
        "project": planted.project,
    }.get(word, word)


# ---------------------------------------------------------------------------------------------------------------------
# The matrix
# ---------------------------------------------------------------------------------------------------------------------

EVERYWHERE = ("en", "ar", "fr")
IN_ALL_LANGUAGES = {"profile", "across"}  # the others differ between languages in words of the interface alone
WITH_PROFILES = {name for name, surfaces in SURFACES.items() if any(surface.shows for surface in surfaces)}
KEPT_ON_THE_SHELF = {"profile", "section"}
# Who holds, of the tokens that any row names, the same as another: what they may read is asked for that other one.
SAME_TOKENS = {"focalpoint.mar": "official.mar", "frontex": "unhcr"}
OF_ONE_PERSON = ("self:", "authority:")  # tokens of rows that stand on a person's own pages: watches, nominations


def browser_of(login: str) -> Client:
    client = Client()
    if login != STRANGER:
        client.force_login(user_of(login))
    return client


@dataclass(frozen=True)
class Walked:
    """An answer on the way through all addresses: `seen` are the canaries in it, `one` is the profile that it is about."""

    path: str
    name: str
    surface: Surface
    one: Planted | None
    seen: set[tuple[str, str]]
    cache_control: str
    sets_a_cookie: bool
    takes_text_for_more: bool
    shows_markup: bool

    @classmethod
    def of(cls, response, path: str, name: str, surface: Surface, one: Planted | None) -> "Walked":
        text = raw(response)
        is_page = "html" in response.get("Content-Type", "")  # a table to take along is none
        return cls(
            path, name, surface, one, _without_own_address(canaries_in(text), path, one),
            cache_control=response.get("Cache-Control", ""),
            sets_a_cookie=bool(response.cookies) or "Set-Cookie" in response.headers,
            takes_text_for_more=is_page and is_taken_for_more(text),
            shows_markup=is_page and is_shown_as_text(text),
        )  # fmt: skip


def crawl(
    login: str,
    planted: dict[Preset, Planted],
    names=frozenset(SURFACES),
    languages=("en",),
    client: Client | None = None,
) -> Iterator[Walked]:
    """The answers of these of the readers' addresses; a stranger asks for each without cookies.

    `client`: another browser that shall be shown what this person is shown.
    """
    own = client or browser_of(login)
    for language in languages:
        for name in names if language == languages[0] else names & IN_ALL_LANGUAGES:
            for surface in SURFACES[name]:
                with translation.override(language):
                    paths = list(paths_of(name, surface, planted))
                for path, one in paths:
                    response = (Client() if login == STRANGER and client is None else own).get(path)
                    assert response.status_code < 500, path
                    yield Walked.of(response, path, name, surface, one)


WALKS: dict[str, list[Walked]] = {}


def walk(login: str, planted: dict[Preset, Planted]) -> list[Walked]:
    """All addresses in all languages, where names of things and people are full of markup; once for each worker.

    Of those who hold the same tokens as another, the addresses on which the person may matter: accounts and the like.
    The tests that look at one person's walk are of one group (`walks_as`).
    """
    if login not in WALKS:
        names = set(SURFACES) - WITH_PROFILES if login in SAME_TOKENS else set(SURFACES)
        with transaction.atomic():
            plant_markup(planted)
            WALKS[login] = list(crawl(login, planted, names=names, languages=EVERYWHERE))
            transaction.set_rollback(True)
        forget_all_pages()
    return WALKS[login]


def walks_as(*logins: str) -> list:
    return [pytest.param(login, marks=pytest.mark.xdist_group(f"walk-{login}")) for login in logins]


def _seen(response, path: str, own: Planted | None) -> set[tuple[str, str]]:
    """The canaries in an answer, but for the address that was asked for: it stands in the language switch."""
    return _without_own_address(canaries_in(raw(response)), path, own)


def _without_own_address(seen: set[tuple[str, str]], path: str, own: Planted | None) -> set[tuple[str, str]]:
    return seen - ({(own.preset.value, "address")} if own and own.base in path else set())


def misplaced(login: str, planted: dict[Preset, Planted], **which) -> dict[str, dict[str, set]]:
    return judged(login, crawl(login, planted, **which))


def judged(login: str, answers: Iterable[Walked]) -> dict[str, dict[str, set]]:
    """Address → what leaks there, and what this person misses there."""
    allowed, wrong = may_see(login), {}
    for answer in answers:
        presets = {answer.one.preset.value} if answer.one else set(PLACES)
        wanted = {(preset, kind) for preset in presets for kind in answer.surface.shows} & allowed
        found = {"leaks": answer.seen - allowed, "misses": wanted - answer.seen}
        if found["leaks"] or found["misses"]:
            wrong[answer.path] = {word: what for word, what in found.items() if what}
    return wrong


def test_the_table_names_the_whole_cast():
    assert set(PEOPLE) == {*EVERYBODY, OTHER_DESK}
    assert set(PRESETS) == set(Preset.values)


@pytest.mark.parametrize("login", walks_as(*PEOPLE))
def test_each_person_reads_what_the_table_says_and_nothing_else(planted, login):
    assert judged(login, walk(login, planted)) == {}


@pytest.mark.parametrize("login", PEOPLE)
def test_tokens_of_each_person_say_the_same_as_the_table(planted, login):
    viewer = ANYONE if login == STRANGER else user_of(login).viewer
    assert {preset.value for preset, one in planted.items() if viewer.may_read(one.profile.audience)} == TABLE[login]


@pytest.mark.parametrize(("login", "other"), SAME_TOKENS.items())
def test_who_is_asked_for_by_another_holds_the_same_of_all_tokens_that_rows_name(planted, login, other):
    """But for those of one person alone, whose rows stand on pages that are asked for as each person."""
    named = {token for token in tokens_that_rows_name() if not token.startswith(OF_ONE_PERSON)}
    assert {"public", "nominated", f"dialogue:{DIALOGUE}:{THEME}", f"secretariat:{DIALOGUE}"} < named
    assert user_of(login).viewer.tokens & named == user_of(other).viewer.tokens & named
    assert TABLE[login] == TABLE[other]
    assert may_see(login) | {("theme", "watch")} == may_see(other) | {("theme", "watch")}, "a watch is a person's own"


def tokens_that_rows_name() -> set[str]:
    """Of all audiences of all rows, whoever may read them."""
    columns = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name in {"audience", *getattr(model, "further_audiences", ())}
    }
    assert len(columns) > len(WITH_AUDIENCES)
    asked = (f'SELECT unnest("{column}") FROM "{table}"' for table, column in sorted(columns))
    access = "SELECT set_config('imap.owner_access', 'on', false)"  # else not even the owner is shown the rows
    return {token for (token,) in _as_owner(access, " UNION ".join(asked))}


def test_pages_kept_for_one_reader_are_not_shown_to_another(planted):
    """Everybody in turn, those who may read most first, with the kept pages of those before them."""
    wrong = {}
    for login in sorted(PEOPLE, key=lambda login: (login not in DESK, login not in MOROCCO, -len(TABLE[login]), login)):
        found = misplaced(login, planted, names=KEPT_ON_THE_SHELF)
        wrong |= {(login, path): what for path, what in found.items()}
    assert wrong == {}


@pytest.mark.parametrize("login", ["official.mar", "official.ukr", STRANGER])
def test_head_and_compressed_answers_say_no_more_than_the_page(planted, login):
    client, allowed = browser_of(login), may_see(login)
    for one in planted.values():
        for path in (f"/en{one.base}", f"/en{one.base}{NARROW}/", f"/en{one.base}print/"):
            plain = client.get(path)
            compressed = client.get(path, headers={"Accept-Encoding": "gzip"})
            head = client.head(path)
            assert plain.status_code == compressed.status_code == head.status_code
            assert _seen(compressed, path, one) == _seen(plain, path, one) <= allowed
            assert not head.content
            assert canaries_in(raw(head)) == set()
            assert set(head.headers) - {"Content-Length"} == set(plain.headers) - {"Content-Length"}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_other_methods_show_nothing(planted, method):
    for login in (STRANGER, "official.mar.dev"):
        client = browser_of(login)
        for one in planted.values():
            for path in (
                one.base,
                f"{one.base}{OPENING}/",
                f"{one.base}print/",
                f"{one.base}editions/{one.editions[1]}/",
            ):
                response = getattr(client, method)(f"/en{path}")
                assert response.status_code in (403, 405)
                assert _seen(response, path, one) == set()


# ---------------------------------------------------------------------------------------------------------------------
# Counts
# ---------------------------------------------------------------------------------------------------------------------

LINK = re.compile(r'href="/en/maps/([a-z-]+)/([a-z-]+)/([a-z-]+)/"')


@pytest.mark.parametrize("login", [STRANGER, "editor", "official.mar", "official.ukr", OTHER_DESK])
def test_counts_are_of_what_the_reader_sees(planted, login):
    """The list of countries counts the same profiles as the list of profiles links to; home counts what everyone may."""
    client = browser_of(login)
    links = set(LINK.findall(client.get("/en/maps/").content.decode()))
    assert {slug for dialogue, theme, slug in links if (dialogue, theme) == IN_THEME} & set(PLACES.values()) == {
        PLACES[Preset(preset)] for preset in TABLE[login]
    }
    home = client.get("/en/").content.decode()
    for dialogue in ALL_FOUR:
        number = re.search(rf'data-dialogue="{dialogue}".*?<i>(\d+) states</i>', home, re.DOTALL)
        assert int(number[1]) == Membership.objects.of_partner_states().filter(dialogue=dialogue).count()
    countries = client.get("/en/countries/").content.decode()
    for place in PLACES.values():
        number = re.search(rf'href="/en/countries/{place}/">[^<]*</a>(?: <small>(\d+) )?', countries)
        assert int(number[1] or 0) == sum(1 for link in links if link[2] == place)


# ---------------------------------------------------------------------------------------------------------------------
# Hidden equals missing
# ---------------------------------------------------------------------------------------------------------------------

SURFACES_OF_A_PROFILE = (
    "",
    f"{OPENING}/",
    f"{NARROW}/",
    "nosuch/",
    "print/",
    "editions/{newest}/",
    "editions/{former}/",
    "editions/99/",
)


@pytest.mark.parametrize("login", [STRANGER, "translator.ar", "official.mar.dev", "official.ukr", "unhcr", OTHER_DESK])
def test_what_a_person_may_not_read_is_as_if_it_were_not_there(planted, login):
    """Status, headers, body and the number of queries are those of an address of the same length that does not exist."""
    client = browser_of(login)
    client.get("/en/maps/")  # the first request of a visit is noted
    hidden = [one for preset, one in planted.items() if preset.value not in TABLE[login]]
    assert hidden
    for one in hidden:
        absent = "x" * len(one.slug)
        for language, tail in [*(("en", tail) for tail in SURFACES_OF_A_PROFILE), ("ar", ""), ("fr", "print/")]:
            tail = tail.format(former=one.editions[0], newest=one.editions[1])
            path = f"/{language}{one.base}{tail}"
            there = answer_to(client, path, one.slug)
            missing = answer_to(client, path.replace(one.slug, absent), absent)
            assert there == missing, path
            assert there.text.startswith(b"404")


@pytest.mark.parametrize("login", [STRANGER, "official.mar.dev"])
@pytest.mark.parametrize("method", ["head", "post", "options"])
def test_hidden_equals_missing_for_other_methods_too(planted, login, method):
    client, one = browser_of(login), planted[Preset.SECRETARIAT]
    client.get("/en/maps/")
    for tail in ("", "print/", f"{OPENING}/"):
        path, absent = f"/en{one.base}{tail}", "x" * len(one.slug)
        there = answer_to(client, path, one.slug, method=method)
        assert there == answer_to(client, path.replace(one.slug, absent), absent, method=method)


@pytest.mark.parametrize("login", [STRANGER, "official.ukr"])
def test_crooked_addresses_of_hidden_profiles_tell_nothing(planted, login):
    """Row 22 of the attacks. Without language or slash, doubled, encoded or with a line's end: as for a profile that does not exist."""
    client, one = browser_of(login), planted[Preset.SECRETARIAT]
    client.get("/en/maps/")
    crooked = (
        "{base}", "/en{bare}", "/en{base}%0a", "/en/{base}", "/en{base}./", "/en{base};x/", "/EN{base}", "/en{base}.json",
        "/en{base}print", "/en{base}?theme=x&tier=public", "/de{base}", "/en{base}%2e%2e/", "/en{base}editions/",
        "/en{base}editions/0/", "/en{base}editions/-1/", "/en{base}method-note/", "/en{base}GENERAL-BACKGROUND/",
    )  # fmt: skip
    for form in crooked:
        path = form.format(base=one.base, bare=one.base.rstrip("/"))
        absent = "x" * len(one.slug)
        there = answer_to(client, path, one.slug)
        assert there == answer_to(client, path.replace(one.slug, absent), absent), path
        assert there.text[:3] in (b"301", b"302", b"404"), path


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_an_edition_with_a_number_beyond_all_bounds_is_not_there(planted, number):
    client = Client(raise_request_exception=False)
    for one in (planted[Preset.PUBLIC], planted[Preset.SECRETARIAT]):
        assert client.get(f"/en{one.base}editions/{number}/").status_code == 404


# ---------------------------------------------------------------------------------------------------------------------
# Each of the two locks alone
# ---------------------------------------------------------------------------------------------------------------------

SOME = [STRANGER, "official.mar.dev", "official.ukr", OTHER_DESK]


@pytest.fixture
def forgotten_filters(monkeypatch):
    """`visible_to` and the hand-written overlap let everything through: only PostgreSQL is left."""
    monkeypatch.setattr(visibility, "rule", lambda model, viewer, path="": Q())
    open_query = profiles.visible_edition.QUERY
    for alias in re.findall(r"coalesce\((\w+)\.audience", open_query):
        open_query = open_query.replace(visibility.sees(alias), "true")
    # Functions of the database compare audiences with the tokens that they are given: with none, they let all pass.
    for given in ("%(tokens)s", "%(within)s"):
        open_query = open_query.replace(given, "NULL")
    monkeypatch.setattr(profiles.visible_edition, "QUERY", open_query)
    for asking in (atlas.visible_versions, profiles.shown_editions):
        monkeypatch.setattr(asking, "tokens_of", lambda viewer: {"tokens": None, "within": None})


@pytest.mark.parametrize("login", SOME)
def test_with_every_filter_forgotten_nothing_leaks(planted, forgotten_filters, login):
    assert Source.objects.visible_to(ANYONE).query.where.children == [], "the filters are still on"
    assert misplaced(login, planted, names=WITH_PROFILES) == {}


WITH_VIEWERS = {"accounts", "profiles", "imap", "atlas", "indicators", "routes", "newscentre", "search", "api"}
EVERYTHING = Viewer.of(f"secretariat:{dialogue}" for dialogue in (*ALL_FOUR, HIDDEN))


@pytest.fixture
def opened_lock(monkeypatch):
    """PostgreSQL is told on every request that all four secretariats are looking: only the querysets are left."""

    def viewing_everything(viewer: Viewer, using: str = "default", **how: bool):
        return viewing(EVERYTHING, using, **how)

    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in WITH_VIEWERS and hasattr(module, "viewing"):
            monkeypatch.setattr(module, "viewing", viewing_everything)


@pytest.mark.parametrize("login", SOME)
def test_with_the_database_open_the_querysets_alone_let_nothing_through(planted, opened_lock, login):
    assert misplaced(login, planted, names=WITH_PROFILES) == {}


def test_without_a_viewer_the_database_shows_public_rows_only(planted):
    """Whatever the code asks for, when it forgot to say who is looking."""
    seen = {row.slug for row in listed(EVERYTHING, dialogue=DIALOGUE, theme=THEME)}
    assert seen & set(PLACES.values()) == {PLACES[Preset.PUBLIC]}
    assert not Draft.objects.exists()
    assert {row.audience is None or "public" in row.audience for row in Section.objects.all()} == {True}
    for model in (Source, Observation):
        assert all("public" in row.audience for row in model.objects.all())


# ---------------------------------------------------------------------------------------------------------------------
# The admin
# ---------------------------------------------------------------------------------------------------------------------

SOME_PRESETS = (Preset.PUBLIC, Preset.THEME, Preset.SECRETARIAT)
WITH_AUDIENCES = [
    Profile, Observation, Source, Feed, Article, Meeting, MeetingDocument, ParticipantList, Publication, PublicationFile,
    Project, Link, OutsideAddress, Review,
]  # fmt: skip


def admin_paths(planted: dict[Preset, Planted], models=None) -> Iterator[tuple[str, Planted | None]]:
    """Every address of the admin; of each model the list, the form of a new row, and the pages of some rows."""
    planted = {preset: planted[preset] for preset in SOME_PRESETS}
    for name, surfaces in ADMIN_SURFACES.items():
        for surface in surfaces:
            yield from paths_of(name, surface, planted)
    for model in models or admin.site._registry:
        prefix = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
        yield reverse(f"{prefix}changelist"), None
        yield reverse(f"{prefix}add") + "?_popup=1", None
        if model in WITH_AUDIENCES:
            yield reverse(f"{prefix}changelist") + "?q=cnry", None
        for row, one in _rows_to_open(model, planted):
            for action in ("change", "history", "delete") if model in WITH_AUDIENCES else ("change",):
                yield reverse(f"{prefix}{action}", args=[row]), one


def _rows_to_open(model, planted: dict[Preset, Planted]) -> list[tuple[object, Planted | None]]:
    with viewing(EVERYTHING):
        if model is Profile:
            return [(one.profile.pk, one) for one in planted.values()]
        if model is Observation:
            return [(one.figure.pk, one) for one in planted.values()]
        rows = Source.objects.filter(name_en__startswith="cnry") if model is Source else model._default_manager.all()
        return [(pk, None) for pk in rows.values_list("pk", flat=True)[:1]]


def admin_leaks(login: str, planted: dict[Preset, Planted], models=None) -> dict[str, set]:
    client, leaks = browser_of(login), {}
    allowed = may_see(login) | {(preset, kind) for preset in PRESETS for kind in NOT_SECRET_IN_ADMIN}
    for path, one in admin_paths(planted, models):
        response = client.get(path)
        assert response.status_code < 500, path
        if found := _seen(response, path, one) - allowed:
            leaks[path] = found
    return leaks


@pytest.mark.parametrize("login", [STRANGER, "official.mar"])
def test_the_admin_shows_nothing_to_those_who_are_not_of_a_secretariat(planted, login):
    client = browser_of(login)
    for path, one in admin_paths(planted):
        response = client.get(path)
        assert response.status_code in (302, 404) or path.endswith(("/login/", "/jsi18n/")), path
        assert _seen(response, path, one) == set(), path


def test_the_admin_shows_a_secretariat_nothing_of_another_dialogue(planted):
    assert admin_leaks(OTHER_DESK, planted) == {}


@pytest.mark.parametrize("lock", ["forgotten_filters", "opened_lock"])
def test_either_lock_alone_keeps_the_admin_of_another_dialogue_shut(planted, lock, request):
    request.getfixturevalue(lock)
    assert admin_leaks(OTHER_DESK, planted, models=WITH_AUDIENCES) == {}


@pytest.mark.parametrize("login", [STRANGER, "official.mar", OTHER_DESK])
def test_a_row_of_another_dialogue_is_missing_in_the_admin(planted, login):
    client, one = browser_of(login), planted[Preset.SECRETARIAT]
    client.get("/en/maps/")
    for model, pk in (("profiles/profile", one.profile.pk), ("indicators/observation", one.figure.pk)):
        for action in ("change", "history", "delete"):
            answers = [_answer_in_admin(client, f"/secretariat/{model}/{row}/{action}/", row) for row in (pk, 9999999)]
            assert answers[0] == answers[1]


def _answer_in_admin(client: Client, path: str, pk: int) -> bytes:
    response = client.get(path, follow=True)
    text = str(response.redirect_chain).encode() + re.sub(rb"Content-Length: \d+", b"", anonymised(response))
    for form in (f"/{pk}/", f"%2F{pk}%2F", f"“{pk}”"):
        text = text.replace(form.encode(), b"~")
    return text


def test_a_secretariat_is_not_shown_the_people_of_other_dialogues(planted):
    page = browser_of(OTHER_DESK).get("/secretariat/accounts/readinggroup/add/")
    assert page.status_code == 200
    assert "Official of Ukraine" not in page.content.decode()


def test_the_method_note_has_no_address_of_its_own(planted):
    assert Client().get(f"/en{planted[Preset.PUBLIC].base}{METHOD_NOTE}/").status_code == 404


def test_the_sitemap_is_the_same_for_every_reader(planted):
    readers = ("secretariat", "official.mar", STRANGER)
    assert len({body_of(browser_of(login).get("/sitemap.xml")) for login in readers}) == 1
