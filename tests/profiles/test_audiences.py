"""Audiences change: narrowed is gone at the next request, widened does not open what was published before.

The pages are fetched by those who may read them first, and again without emptying any cache.
"""

import pytest
from django.db import connection

import profiles.pages
from access import tokens
from access.presets import Preset
from access.viewing import viewing
from accounts.models import Affiliation
from indicators.models import FurtherSource, Indicator, Observation, Source
from profiles import page_cache
from profiles.models import Draft, Edition, EditionText, Profile, Section
from profiles.publishing import publish
from tests.access.planting import (
    DESK,
    GROUP,
    NARROW,
    OPENING,
    Planted,
    audience_for,
    canaries_in,
    in_planted_database,  # noqa: F401  fixtures of `planted`
    planted,  # noqa: F401
    planted_database,  # noqa: F401
)
from tests.conftest import clear_own_cache, user_of
from tests.readers import anonymised, answer_to, body_of, raw

PAGES = ("", f"{OPENING}/", "print/", "editions/{newest}/", "editions/{former}/")
LISTS = ("/en/", "/en/maps/", "/en/maps/mtm/", "/en/maps/mtm/irregular-mixed-migration/", "/en/countries/",
         f"/en/maps/mtm/irregular-mixed-migration/across/{OPENING}/", "/sitemap.xml")  # fmt: skip


def pages_of(one: Planted, language: str = "en") -> list[str]:
    former, newest = one.editions
    return [f"/{language}{one.base}{page.format(former=former, newest=newest)}" for page in PAGES]


def addresses_with(one: Planted) -> list[str]:
    return [*pages_of(one), *pages_of(one, "ar")[:1], *LISTS, f"/en/countries/{one.slug}/"]


def seen_by(client, one: Planted) -> set[str]:
    """Kinds of canaries of the profile that this reader finds anywhere."""
    found = set()
    for path in addresses_with(one):
        seen = canaries_in(raw(client.get(path)))
        found |= {
            kind for preset, kind in seen if preset == one.preset and not (kind == "address" and one.base in path)
        }
    return found


def set_audience(one: Planted, audience: list[str]) -> None:
    with viewing(DESK):
        Profile.objects.filter(pk=one.profile.pk).update(audience=audience)


# Narrowed -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["this process", "Valkey", "both"])
def test_a_narrowed_profile_is_gone_at_the_next_request(planted, reader, where):
    """Its figures and sources have audiences of their own and are not asked for here."""
    one = planted[Preset.THEME]
    official, colleague, stranger = reader("official.mar"), reader("unhcr"), reader("stranger")
    for client in (official, colleague):
        assert {client.get(path).status_code for path in pages_of(one)} == {200}
    if where == "Valkey":
        page_cache._in_process.clear()
    if where == "this process":
        clear_own_cache()
    set_audience(one, audience_for(Preset.SECRETARIAT))
    for client in (official, colleague, stranger):
        for path in [*pages_of(one), *pages_of(one, "fr"), *pages_of(one, "ar")]:
            assert client.get(path).status_code == 404
        assert seen_by(client, one) & {"text", "note", "former", "address", "tag", "asof", "narrow"} == set()
    assert reader("editor").get(pages_of(one)[0]).status_code == 200


def test_an_open_profile_that_is_narrowed_is_gone_for_everyone_without_an_account(planted, reader):
    one, stranger = planted[Preset.PUBLIC], reader("stranger")
    etag = stranger.get(pages_of(one)[0])["ETag"]
    assert seen_by(stranger, one) >= {"text", "note", "former", "address"}
    set_audience(one, audience_for(Preset.THEME))
    assert seen_by(stranger, one) & {"text", "note", "former", "address"} == set()
    assert stranger.get(pages_of(one)[0], headers={"If-None-Match": etag}).status_code == 404
    assert seen_by(reader("official.mar"), one) >= {"text", "note", "former", "address"}


def test_a_narrowed_profile_is_as_if_it_had_never_been_there(planted, reader):
    one, client = planted[Preset.THEME], reader("official.mar")
    client.get(pages_of(one)[0])
    set_audience(one, audience_for(Preset.SECRETARIAT))
    for path in pages_of(one):
        absent = "x" * len(one.slug)
        assert answer_to(client, path, one.slug) == answer_to(client, path.replace(one.slug, absent), absent)


def test_a_narrowed_figure_and_a_narrowed_source_are_gone_at_the_next_request(planted, reader):
    one, client = planted[Preset.THEME], reader("official.mar")
    assert seen_by(client, one) >= {"figure", "source", "further"}
    with viewing(DESK):
        Source.objects.filter(slug="further-theme").update(audience=audience_for(Preset.SECRETARIAT))
    assert "further" not in seen_by(client, one)
    assert seen_by(client, one) >= {"figure", "source"}
    with viewing(DESK):
        Source.objects.filter(slug="source-theme").update(audience=audience_for(Preset.SECRETARIAT))
    assert seen_by(client, one) & {"figure", "source"} == set()


def test_a_narrowed_section_is_gone_at_the_next_request_in_all_editions(planted, reader):
    one, client = planted[Preset.THEME], reader("official.mar")
    assert seen_by(client, one) >= {"text", "former"}
    with viewing(DESK):
        Section.objects.filter(pk=one.section["opening"].pk).update(audience=[tokens.secretariat("mtm")])
    for path in pages_of(one):
        assert canaries_in(raw(client.get(path))) & {("theme", "text")} == set()
    former = body_of(client.get(pages_of(one)[-1])).decode()
    assert former.count("cnry-theme-former") == 1, "the method note of the former edition alone"


def test_a_reader_whose_affiliation_ends_reads_no_more_at_the_next_request(planted, reader):
    one, client = planted[Preset.PARTNERS], reader("official.mar")
    assert client.get(pages_of(one)[0]).status_code == 200
    Affiliation.objects.filter(user=user_of("official.mar")).update(ends_on="2012-01-01")
    assert {client.get(path).status_code for path in pages_of(one)} == {404}
    assert seen_by(client, one) == set()


def test_a_reader_who_leaves_the_group_reads_no_more_at_the_next_request(planted, reader):
    from accounts.models import ReadingGroup

    one, client = planted[Preset.GROUP], reader("official.ukr")
    assert client.get(pages_of(one)[0]).status_code == 200
    ReadingGroup.objects.get(pk=GROUP).members.remove(user_of("official.ukr"))
    assert {client.get(path).status_code for path in pages_of(one)} == {404}


# Widened --------------------------------------------------------------------------------------------------------------


def publish_next(one: Planted, html: str) -> Edition:
    with viewing(DESK):
        Draft.objects.filter(section=one.section["opening"], language="en").update(html=html)
        Draft.objects.exclude(section=one.section["opening"], language="en").filter(
            section__profile=one.profile
        ).delete()
        one.profile.refresh_from_db()
        return publish(one.profile, as_of="2012-02")


def test_a_widened_profile_opens_from_its_next_edition_only(planted, reader):
    one, stranger = planted[Preset.THEME], reader("stranger")
    set_audience(one, audience_for(Preset.PUBLIC))
    assert {stranger.get(path).status_code for path in pages_of(one)} == {404}
    assert seen_by(stranger, one) == set(), "nothing is published for everyone yet"
    edition = publish_next(one, "<p>for everyone</p>")
    page = stranger.get(pages_of(one)[0])
    assert "for everyone" in body_of(page).decode()
    for number in one.editions:
        assert stranger.get(f"/en{one.base}editions/{number}/").status_code == 404
        assert f"editions/{number}/" not in body_of(stranger.get(f"/en{one.base}editions/{edition.number}/")).decode()
    assert seen_by(stranger, one) <= {"address", "figure"}
    assert reader("official.mar").get(pages_of(one)[-1]).status_code == 200, "who could read it still can"


def test_a_widened_section_keeps_its_old_texts_narrow(planted, reader):
    one, client = planted[Preset.THEME], reader("official.mar")
    with viewing(DESK):
        Section.objects.filter(pk=one.section["narrow"].pk).update(audience=None)
    assert {"narrow", "narrowsource"} & seen_by(client, one) <= {"narrowsource"}
    assert canaries_in(raw(client.get(f"/en{one.base}{NARROW}/"))) & {("theme", "narrow")} == set()


def test_a_section_wider_than_its_profile_is_no_way_in(planted, reader):
    one, stranger = planted[Preset.SECRETARIAT], reader("stranger")
    with viewing(DESK):
        Section.objects.filter(profile=one.profile).update(audience=["public"])
        text = EditionText.objects.filter(section=one.section["opening"]).first()
        EditionText.objects.bulk_create(
            [
                EditionText(
                    edition=text.edition,
                    section=text.section,
                    language="xx",
                    html="open",
                    digest="x",
                    audience=["public"],
                )
            ]
        )
    assert stranger.get(pages_of(one)[0]).status_code == 404
    assert seen_by(stranger, one) == set()
    assert EditionText.objects.filter(language="xx").count() == 0


def test_a_page_of_an_older_narrower_edition_does_not_say_that_everyone_can_read_it(planted, reader):
    """Widened, but nothing published since: the official who reads on is told who else can."""
    one = planted[Preset.THEME]
    set_audience(one, audience_for(Preset.PUBLIC))
    assert "everyone can read this" not in body_of(reader("official.mar").get(pages_of(one)[0])).decode()


def test_the_page_of_a_narrower_section_does_not_say_that_everyone_can_read_it(planted, reader):
    page = body_of(reader("editor").get(f"/en{planted[Preset.PUBLIC].base}{NARROW}/")).decode()
    assert "cnry-public-narrow" in page
    assert "everyone can read this" not in page


# A narrower section leaves no trace -----------------------------------------------------------------------------------


def without_the_section(one: Planted) -> None:
    """The same profile, as if the narrower section had never had a text, a source or a tag."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
    with viewing(DESK):
        profile = one.profile
        newest = Edition.objects.get(profile=profile, number=one.editions[1])
        kept = EditionText.objects.filter(edition=newest).exclude(section=one.section["narrow"])
        copy = Edition.objects.create(
            profile=profile, number=newest.number + 1, published_at=newest.published_at, as_of=newest.as_of,
            audience=newest.audience, endorsement=newest.endorsement,
        )  # fmt: skip
        citations = list(newest.citations.exclude(section=one.section["narrow"]))
        figures = list(newest.figures.exclude(section=one.section["narrow"]))
        EditionText.objects.bulk_create(_copied(text, copy) for text in kept)
        newest.citations.model.objects.bulk_create(_copied(citation, copy) for citation in citations)
        newest.figures.model.objects.bulk_create(_copied(figure, copy) for figure in figures)


def _copied(row, edition: Edition):
    row.pk, row.edition = None, edition
    row._state.adding = True
    return row


@pytest.mark.parametrize("login", ["stranger", "official.mar"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_hidden_narrower_section_gives_the_page_of_a_section_without_text(planted, reader, login, language):
    """Byte for byte, on every page of the profile and read across, its number and its ETag too."""
    one, client = planted[Preset.PUBLIC], reader(login)
    client.get("/en/")
    pages = [f"/{language}{one.base}{tail}" for tail in ("", f"{NARROW}/", f"{OPENING}/", "print/")]
    pages.append(f"/{language}/maps/mtm/irregular-mixed-migration/across/{NARROW}/")
    with_it = [anonymised(client.get(page)) for page in pages]
    without_the_section(one)
    assert with_it == [anonymised(client.get(page)) for page in pages]


def test_a_profile_opens_with_the_first_section_its_reader_sees(planted, reader):
    """Else the opening page would tell of a text by leading to it."""
    one = planted[Preset.PUBLIC]
    with viewing(DESK):
        Section.objects.filter(pk=one.section["opening"].pk).update(audience=[tokens.secretariat("mtm")])
    page = body_of(reader("stranger").get(pages_of(one)[0]))
    assert canaries_in(page) & {("public", "text"), ("public", "narrow")} == set()
    assert ("public", "text") in canaries_in(body_of(reader("editor").get(pages_of(one)[0])))


def test_what_is_new_since_the_last_visit_counts_no_section_the_reader_cannot_see(planted, reader):
    from django.utils import timezone

    one, client = planted[Preset.THEME], reader("official.mar")
    client.get("/en/")
    user_of("official.mar")
    type(user_of("official.mar")).objects.filter(email="official.mar@imap.example").update(
        last_visit_at=timezone.now() - timezone.timedelta(days=1), visit_began_at=timezone.now()
    )
    page = body_of(client.get(pages_of(one)[0])).decode()
    assert "New since your last visit" in page
    assert "1 section of this profile has changed" in page
    type(user_of("editor")).objects.filter(email="editor@imap.example").update(
        last_visit_at=timezone.now() - timezone.timedelta(days=1), visit_began_at=timezone.now()
    )
    assert "2 sections of this profile have changed" in body_of(reader("editor").get(pages_of(one)[0])).decode()


# Kept pages -----------------------------------------------------------------------------------------------------------


def test_a_further_source_for_one_partner_is_not_kept_for_another(planted, reader):
    """The two see the same texts and figures, and differ in one further source of one figure alone."""
    page = pages_of(planted[Preset.THEME])[0]
    assert ("theme", "further") in canaries_in(raw(reader("official.mar").get(page)))
    assert ("theme", "further") not in canaries_in(raw(reader("unhcr").get(page)))
    assert ("theme", "further") in canaries_in(raw(reader("focalpoint.mar").get(page)))


def test_a_figure_widened_while_a_page_is_made_is_not_kept_for_those_who_may_not_see_it(planted, reader, monkeypatch):
    """The fingerprint is asked for first, the parts are read after it: a change between them belongs to neither."""
    one = planted[Preset.THEME]
    page = pages_of(one)[0]
    with viewing(DESK):
        late = Observation.objects.create(
            indicator=Indicator.objects.get(slug="population-total"), subject=one.profile.subject, period="2012",
            value=7160493185, source=Source.objects.get(slug="gapminder"), dialogue_id="mtm", audience=[],
        )  # fmt: skip
        Source.objects.filter(slug="gapminder").update(kind="national")
    read, late_figure = profiles.pages.read, (Preset.SECRETARIAT.value, "figure")

    def read_after_the_change(standing, viewer):
        with viewing(DESK):
            Observation.objects.filter(pk=late.pk).update(
                audience=[tokens.person("mtm", user_of("unhcr").pk), "secretariat:mtm"]
            )
        return read(standing, viewer)

    with monkeypatch.context() as patched:
        patched.setattr(profiles.pages, "read", read_after_the_change)
        assert late_figure in canaries_in(raw(reader("unhcr").get(page)))
    assert late_figure not in canaries_in(raw(reader("frontex").get(page)))


def test_nobody_else_is_told_whose_page_was_kept(planted, reader):
    page = pages_of(planted[Preset.THEME])[0]
    assert b"Official of Morocco" in body_of(reader("official.mar").get(page))
    assert b"Official of Morocco" not in body_of(reader("unhcr").get(page))
    kept = [piece for shared in page_cache._in_process.values() for piece in shared.pieces]
    assert kept
    assert not any(b"csrfmiddlewaretoken" in piece or b"Official of" in piece for piece in kept)


def test_two_figures_of_one_subject_keep_their_own_further_sources(planted, reader):
    """A further source added later shows at the next request."""
    one, client = planted[Preset.THEME], reader("unhcr")
    page = pages_of(one)[0]
    assert "Gapminder" not in _row_of(client.get(page), "cnry-theme-source")
    with viewing(DESK):
        FurtherSource.objects.create(observation=one.figure, source=Source.objects.get(slug="gapminder"))
    assert "Gapminder" in _row_of(client.get(page), "cnry-theme-source")


def _row_of(response, word: str) -> str:
    return next(line for line in body_of(response).decode().splitlines() if word in line and "<td>" in line)
