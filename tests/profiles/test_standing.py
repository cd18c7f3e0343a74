"""What a reader may see is remembered until anything changes by which it is settled, whoever commits the change and how.

The changes are committed here, in a database of each test's own: a transaction with changes of its own remembers nothing.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.presets import Preset
from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from accounts.audiences.presets import audience_of
from accounts.models import Affiliation
from atlas.models import OutlineSection
from indicators.models import FurtherSource, Observation, Source
from profiles import database_rules, page_cache, pages, visible_edition
from profiles.models import Citation, EditionText, Profile, Section
from profiles.publishing import publish
from profiles.visible_edition import Address, unchanged_edition_of, visible_edition_of
from tests.conftest import STRANGER, browser_of, forget_all_pages, user_of
from tests.readers import body_of, without_form_tokens

DESK = Viewer.secretariat_of("mtm")
MOROCCO = Address("mtm", "irregular-mixed-migration", "morocco")
SECTION = "/en/maps/mtm/irregular-mixed-migration/morocco/detection/"
OPEN = Address("mtm", "migration-development", "morocco")
OPEN_SECTION = "/en/maps/mtm/migration-development/morocco/overview/"
DESK_ALONE = audience_of(Preset.SECRETARIAT, "mtm", "irregular-mixed-migration")


def shown(client: Client, path: str) -> tuple[int, bytes]:
    response = client.get(path)
    return response.status_code, without_form_tokens(body_of(response))


def profile_at(address: Address) -> Profile:
    return Profile.objects.get(dialogue=address.dialogue, theme=address.theme, slug=address.slug)


def texts_of(slug: str):
    return EditionText.objects.filter(edition__profile=profile_at(MOROCCO), section__heading__slug=slug)


def narrow_the_record() -> None:
    Profile.objects.filter(pk=profile_at(MOROCCO).pk).update(audience=DESK_ALONE)


def narrow_a_section() -> None:
    Section.objects.filter(pk=texts_of("detection")[0].section_id).update(audience=DESK_ALONE)


def publish_a_new_edition() -> None:
    publish(profile_at(MOROCCO), as_of="2014-02")


def add_a_language_later() -> None:
    text = texts_of("detection").get(language="en")
    other = EditionText.objects.filter(edition=text.edition).exclude(section=text.section).first()
    EditionText.objects.create(
        edition=text.edition, section=other.section, language="es", audience=text.audience, html="x", digest="x"
    )


def withdraw_figures_by_hand() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE indicators_observation SET withdrawn_on = now() WHERE subject_id = %s AND dialogue_id = 'mtm'",
            [profile_at(MOROCCO).subject_id],
        )
        assert cursor.rowcount


def narrow_a_source() -> None:
    figure = Observation.objects.filter(subject=profile_at(MOROCCO).subject, source__isnull=False).first()
    Source.objects.filter(pk=figure.source_id).update(audience=["secretariat:mtm"])


def name_a_further_source() -> None:
    figure = Observation.objects.filter(subject=profile_at(MOROCCO).subject, dialogue="mtm").first()
    other = Source.objects.exclude(pk=figure.source_id).first()
    FurtherSource.objects.create(observation=figure, source=other)


def cite_another_source() -> None:
    text = texts_of("detection")[0]
    cited = Citation.objects.filter(edition=text.edition, section=text.section).values("source")
    other = Source.objects.exclude(pk__in=cited).first()
    Citation.objects.create(edition=text.edition, section=text.section, source=other, position=99)


def rename_a_heading() -> None:
    OutlineSection.objects.filter(slug="detection").update(slug="detected")


CHANGES: list[Callable[[], None]] = [
    narrow_the_record,
    narrow_a_section,
    publish_a_new_edition,
    add_a_language_later,
    withdraw_figures_by_hand,
    narrow_a_source,
    name_a_further_source,
    cite_another_source,
    rename_a_heading,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_committed_change_counts_at_the_next_visit(committed_world, change):
    """The reader is shown what one whom nobody remembers would be shown."""
    official = browser_of("official.mar")
    viewer = user_of("official.mar").viewer
    before = shown(official, SECTION)
    assert before == shown(official, SECTION)
    assert unchanged_edition_of(viewer, MOROCCO)
    with viewing(DESK):
        change()
    assert unchanged_edition_of(viewer, MOROCCO) is None
    after = shown(official, SECTION)
    forget_all_pages()
    assert after == shown(official, SECTION)


def test_what_is_narrowed_is_gone_for_every_reader_who_was_there_a_moment_ago(committed_world):
    clients = [browser_of(login) for login in ("official.mar", "unhcr")]
    for client in clients:
        assert [client.get(SECTION).status_code for _ in range(2)] == [200, 200]
    with viewing(DESK):
        narrow_the_record()
    assert [client.get(SECTION).status_code for client in clients] == [404, 404]
    assert browser_of("editor").get(SECTION).status_code == 200


def test_an_ended_affiliation_counts_at_the_next_visit(committed_world):
    official = browser_of("official.mar")
    assert [official.get(SECTION).status_code for _ in range(2)] == [200, 200]
    Affiliation.objects.filter(user=user_of("official.mar")).update(ends_on="2012-01-01")
    assert official.get(SECTION).status_code == 404


def test_another_day_counts_at_the_next_visit(committed_world, monkeypatch):
    """A figure whose date lies ahead shows from that day on."""
    with viewing(ANYONE):
        visible_edition_of(ANYONE, OPEN)
    assert unchanged_edition_of(ANYONE, OPEN)
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda value=None: tomorrow)
    assert unchanged_edition_of(ANYONE, OPEN) is None


def test_one_readers_standing_is_never_anothers(committed_world):
    official, stranger = browser_of("official.mar"), browser_of(STRANGER)
    for _ in range(2):
        assert official.get(SECTION).status_code == 200
        assert stranger.get(SECTION).status_code == 404
    assert unchanged_edition_of(ANYONE, MOROCCO) is None


def test_what_was_rolled_back_is_not_remembered(committed_world):
    """Even where the next commit makes the count what it was before the rollback."""
    with pytest.raises(ZeroDivisionError), viewing(DESK):
        edition = publish(profile_at(OPEN), as_of="2014-02")
        with viewing(ANYONE):
            assert visible_edition_of(ANYONE, OPEN).number == edition.number == 2
        raise ZeroDivisionError
    with viewing(DESK):
        narrow_the_record()
    assert unchanged_edition_of(ANYONE, OPEN) is None
    with viewing(ANYONE):
        assert visible_edition_of(ANYONE, OPEN).number == 1


def test_a_change_after_a_rolled_back_savepoint_counts(committed_world):
    viewer = user_of("official.mar").viewer
    with viewing(viewer):
        visible_edition_of(viewer, MOROCCO)
    with viewing(DESK):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            narrow_a_section()
            raise ZeroDivisionError
        narrow_the_record()
    assert unchanged_edition_of(viewer, MOROCCO) is None


def test_a_standing_looked_up_without_naming_the_viewer_to_the_lock_is_not_theirs(committed_world):
    """A forgotten `viewing` gives what the public sees, and leaves nothing behind for the reader."""
    viewer = user_of("official.mar").viewer
    poorer = visible_edition_of(viewer, OPEN)
    assert unchanged_edition_of(viewer, OPEN) is None
    with viewing(viewer):
        assert visible_edition_of(viewer, OPEN)
    assert poorer
    assert unchanged_edition_of(viewer, OPEN)


def test_a_row_changed_by_another_while_a_page_is_made_is_not_kept_under_what_was_before(committed_world, monkeypatch):
    """The official's page is made while the desk narrows a section; nobody is shown what was read too early or late."""
    read = pages.read

    def read_after_the_change(*arguments):
        other = connections.create_connection("default")
        with other.cursor() as cursor:
            section = texts_of("detection")[0].section_id
            cursor.execute(
                "SELECT set_config('imap.viewer', %s, true); UPDATE profiles_section SET audience = %s WHERE id = %s",
                [DESK.as_setting(), DESK_ALONE, section],
            )
        other.close()
        return read(*arguments)

    official = browser_of("official.mar")
    with monkeypatch.context() as patched:
        patched.setattr(pages, "read", read_after_the_change)
        official.get(SECTION)
    assert not page_cache._in_process
    after = shown(official, SECTION)
    forget_all_pages()
    assert after == shown(official, SECTION)


@pytest.mark.django_db
def test_a_narrowed_profile_and_one_that_was_never_there_are_asked_for_alike(reader):
    """Remembered or not: the same number of questions."""
    stranger = reader(STRANGER)
    numbers = set()
    for path in (SECTION, SECTION.replace("morocco", "atlantis")):
        with CaptureQueriesContext(connection) as queries:
            assert stranger.get(path).status_code == 404
        numbers.add(len(queries))
    assert len(numbers) == 1


@pytest.mark.django_db
def test_every_table_that_settles_a_page_counts_its_changes():
    questions = " ".join((visible_edition.QUERY, *database_rules.FUNCTIONS))
    asked = set(re.findall(r"(?:FROM|JOIN)\s+((?:profiles|indicators|atlas)_\w+)", questions))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger "
            "WHERE tgname IN ('count_change', 'count_reference_change') AND tgenabled = 'A'"
        )
        counted = {table for (table,) in cursor.fetchall()}
    assert asked - counted == {"atlas_changecounter"}
