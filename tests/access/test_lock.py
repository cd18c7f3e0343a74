"""The second lock: PostgreSQL itself says who sees and who writes, the same as the querysets do."""

import json
from datetime import date
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from access import tokens
from access.fields import AudienceField
from access.models import RestrictedModel
from access.policies import APPEND_ONLY
from access.presets import Preset
from access.roles import why_role_is_unsafe
from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from accounts.models import Acceptance, LogEntry, MandateEvent, Nomination
from atlas.models import (
    Basemap,
    BoundaryRule,
    Coverage,
    Dialogue,
    DialogueTheme,
    Membership,
    OutlineSection,
    Subject,
)
from demo.cast import ALL_FOUR
from imap.models import FormerAddress, JournalEntry
from indicators.models import FurtherSource, Indicator, Observation, Source, SourceKind
from newscentre.models import (
    Article,
    ArticleTag,
    Feed,
    Fetching,
    Link,
    Meeting,
    MeetingDocument,
    OutsideAddress,
    ParticipantList,
    Project,
    Publication,
    PublicationFile,
    PublicationSection,
    Review,
    ReviewItem,
    Watch,
)
from profiles.models import Citation, CitedFigure, Draft, Edition, EditionText, GoneLink, KeptDrafts, Profile, Section
from routes.models import (
    Embed,
    GeodataImport,
    Layer,
    MapAnswer,
    MapEdition,
    MapFeature,
    Reason,
    Segment,
    SegmentDrawing,
    Stop,
    StopDrawing,
    Story,
    StoryStep,
)
from search.models import Readers, RestrictedEntry
from tests.access import planting_news, planting_people
from tests.access.planting import DESK, OTHER_DESK, PLACES, Planted
from tests.conftest import EVERYBODY, STRANGER, user_of

EVERYTHING = Viewer.of(f"secretariat:{dialogue}" for dialogue in ALL_FOUR)
OTHER_SECRETARIAT = Viewer.secretariat_of("rabat-process")
RESTRICTED = [model for model in apps.get_models() if issubclass(model, RestrictedModel)]
THROUGH = [
    field.remote_field.through
    for model in RESTRICTED
    for field in model._meta.local_many_to_many
    if field.remote_field.through._meta.auto_created
]
TABLES = sorted({model._meta.db_table for model in [*RESTRICTED, *THROUGH]})
NEVER_CHANGED = [
    Edition, EditionText, Citation, CitedFigure, MandateEvent, LogEntry, Acceptance, MapEdition, MapFeature, MapAnswer,
    JournalEntry,
]  # fmt: skip


# Changed by the portal's administrators, who hold no token for it: by whoever may know of the dialogue.
OF_THE_ADMINISTRATORS = [Basemap, BoundaryRule, Coverage, Dialogue, DialogueTheme, Membership, OutlineSection]


def rows(sql: str, *arguments) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall()


def key_of(table: str) -> str:
    return "slug" if table == Dialogue._meta.db_table else "id"


def ids_in(table: str) -> set:
    return {pk for (pk,) in rows(f"SELECT {key_of(table)} FROM {table}")}


def refused(sql: str, *arguments) -> bool:
    """Whether PostgreSQL refuses this for its rights, changing nothing."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, arguments)
            return False
    except DatabaseError as error:
        assert error.__cause__.pgcode == "42501", error
        return True


# Which rows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", [*EVERYBODY, OTHER_DESK])
def test_the_database_and_the_querysets_show_each_person_the_same_rows(planted, login):
    viewer = ANYONE if login == STRANGER else user_of(login).viewer
    for model in RESTRICTED:
        with viewing(Viewer.of(EVERYTHING.tokens | viewer.tokens)):  # what is a person's own no secretariat sees
            by_queryset = set(model.objects.visible_to(viewer).values_list("pk", flat=True))
        with viewing(viewer):
            by_database = ids_in(model._meta.db_table)
        assert by_queryset == by_database, model.__name__


def test_the_planted_rows_reach_every_restricted_table(planted):
    """Else the comparison above would compare nothing."""
    with viewing(Viewer.of(EVERYTHING.tokens | user_of("official.mar").viewer.tokens)):
        assert [table for table in TABLES if not ids_in(table)] == []
    with viewing(ANYONE):
        hidden_from_anyone = {table for table in TABLES if ids_in(table)}
    with viewing(EVERYTHING):
        assert "profiles_draft" not in hidden_from_anyone


@pytest.mark.parametrize("held", [["nominated"], ["partner:morocco"], ["group:experts"], ["person:mtm:1"], []])
def test_rows_in_tables_between_follow_the_rows_they_belong_to(planted, held):
    """Tags and sources of a section stand in tables without a model of their own."""
    viewer = Viewer.of(held)
    with viewing(DESK):
        for one in planted.values():
            for section in one.section.values():
                section.sources.set(Source.objects.filter(slug=f"source-{one.preset}"))
                section.tags.set([f"tag-{one.preset}"])
    for table in ("profiles_section_sources", "profiles_section_tags"):
        with viewing(EVERYTHING):
            section_of = dict(rows(f"SELECT id, section_id FROM {table}"))
            seen = set(Section.objects.visible_to(viewer).values_list("pk", flat=True))
        with viewing(viewer):
            assert ids_in(table) == {pk for pk, section in section_of.items() if section in seen}


# How the tables stand -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.django_db
def test_every_restricted_table_is_locked_for_its_owner_too(table):
    [(is_on, is_forced)] = rows(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", table
    )
    assert is_on
    assert is_forced


def test_the_tables_that_only_grow_are_these():
    assert {model for model in apps.get_models() if getattr(model, APPEND_ONLY, False)} == set(NEVER_CHANGED)


@pytest.mark.django_db
def test_every_locked_table_is_one_that_a_model_names():
    """What else the catalogue must say of the lock is asked in test_catalogue.py."""
    locked = {name for (name,) in rows("SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity")}
    assert locked == set(TABLES)


def test_every_model_with_an_audience_says_so():
    for model in apps.get_models():
        if any(isinstance(field, AudienceField) for field in model._meta.get_fields()):
            assert issubclass(model, RestrictedModel), model


def test_every_key_to_a_restricted_row_is_one_the_row_belongs_to():
    """A new foreign key to a restricted model is named in `belongs_to`, or in `regardless_of` with the reason."""
    for model in apps.get_models():
        keys = {
            field.name
            for field in model._meta.fields
            if field.related_model is not None and issubclass(field.related_model, RestrictedModel)
        }
        regardless = getattr(model, "regardless_of", {})
        assert keys == {*getattr(model, "belongs_to", ()), *regardless}, model
        assert all(regardless.values()), model


def test_these_keys_alone_decide_nothing_about_who_sees_the_row():
    assert {
        f"{model._meta.model_name}.{name}" for model in apps.get_models() for name in getattr(model, "regardless_of", {})
    } == {
        *(f"{name}.made_by" for name in ("theme", "subject", "partner", "category", "publisher", "tag")),
        *(f"{name}.dialogue" for name in ("scope", "secretariatmember", "engagement", "readinggroup")),
        *(f"{name}.dialogue" for name in ("mandateevent", "logentry")),
        "section.heading",
    }  # fmt: skip


@pytest.mark.django_db
def test_the_portal_serves_under_a_role_that_passes_no_lock():
    assert why_role_is_unsafe() == []
    [(user, is_super, bypasses)] = rows(
        "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    assert (is_super, bypasses) == (False, False), user
    assert rows("SELECT 1 FROM pg_class WHERE relkind = 'r' AND pg_get_userbyid(relowner) = current_user") == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE profiles_profile DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE profiles_profile NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY reading ON profiles_profile",
        "CREATE POLICY wide ON profiles_profile FOR SELECT USING (true)",
        "CREATE OR REPLACE FUNCTION imap_viewer() RETURNS text[] LANGUAGE sql AS $$ SELECT '{x}'::text[] $$",
        "TRUNCATE profiles_editiontext",
        "ALTER ROLE CURRENT_USER BYPASSRLS",
        "COPY profiles_profile TO PROGRAM 'cat'",
        "CREATE TABLE public.mine (id int)",
    ],
)
def test_the_application_cannot_take_the_lock_off(db, statement):
    with viewing(EVERYTHING):
        assert refused(statement)


# Writing --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", NEVER_CHANGED)
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_was_published_can_be_neither_changed_nor_removed(planted, model, verb):
    with viewing(EVERYTHING):
        assert refused(verb.format(model._meta.db_table))


def test_an_edition_cannot_be_changed_through_the_orm_either(planted):
    with viewing(DESK):
        edition = planted[Preset.PUBLIC].profile.editions.first()
        for change in (edition.delete, edition.save, lambda: Edition.objects.update(as_of="1999")):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


def new_rows(one: Planted):
    """One new row of each restricted model, of the MTM Dialogue, as its desk could add it."""
    profile = one.profile
    edition = profile.editions.get(number=one.editions[0])
    heading = OutlineSection.objects.create(
        dialogue_id="mtm", theme_id=profile.theme_id, kind="country", slug="new", position=99
    )
    unused = Subject.objects.filter(kind="country", profiles__isnull=True).first()
    source = Source.objects.get(slug=f"narrowsource-{one.preset}")
    figure = Observation(
        indicator=Indicator.objects.first(), subject=one.profile.subject, period="1999", value=1, source=source,
        dialogue_id="mtm",
    )  # fmt: skip
    asked = Nomination.objects.get(name="Candidate")
    asked_again = planting_people.nomination(email="other@imap.example")
    asked_again.save()
    unfetched = Feed.objects.create(publisher_id=f"press-{one.preset}", name="unfetched", dialogue_id="mtm")
    return [
        planting_people.nomination(),
        planting_people.submission(asked_again),
        planting_people.event(asked),
        planting_people.widening(user_of("editor"), object_id=2),
        planting_people.use_of_quarter(began_on=date(2012, 4, 1)),
        Profile(dialogue_id="mtm", theme_id=profile.theme_id, subject=unused, slug="new"),
        Section(profile=profile, heading=heading),
        Draft(section=one.section["opening"], language="xx"),
        KeptDrafts(profile=profile),
        Edition(profile=profile, number=77, published_at=timezone.now(), as_of="2012", endorsement="endorsed"),
        EditionText(edition=edition, section=one.section["narrow"], language="xx", html="", digest=""),
        GoneLink(text=edition.texts.first(), address="https://new.example/", gone_on=date(2012, 4, 1)),
        Citation(edition=edition, section=one.section["narrow"], source=source, position=9),
        CitedFigure(edition=edition, section=one.section["narrow"], reference="new", observation=one.figure, value=1),
        Source(slug="new", dialogue_id="mtm", name="new", kind=SourceKind.PRESS),
        figure,
        FurtherSource(observation=one.figure, source=Source.objects.get(slug="gapminder")),
        Feed(publisher_id=f"press-{one.preset}", name="new", dialogue_id="mtm"),
        Fetching(feed=unfetched, address="https://new.example/"),
        planting_news.article(Feed.objects.get(publisher=f"press-{one.preset}", name__startswith="cnry")),
        ArticleTag(article=Article.objects.get(address_number=one.article), tag="category/new", published_at=timezone.now()),
        *new_rows_of_the_calendar(),
        Review(dialogue_id="mtm", month="2023-01"),
        ReviewItem(review=Review.objects.get(month="2024-01"), article=Article.objects.get(address_number=one.article)),
        *new_rows_of_the_library(),
        *new_rows_of_routes(),
        FormerAddress(dialogue="mtm", theme="new", word="new", profile=profile, left_at=timezone.now()),
        Readers(id=uuid4(), audience=["partner:new", "secretariat:mtm"]),
        RestrictedEntry(
            kind="new", record=1, language="en", at=timezone.now(), vector="new",
            readers=Readers.objects.filter(audience__contains=["secretariat:mtm"]).first(),
        ),
    ]  # fmt: skip


def new_rows_of_the_calendar():
    """A meeting without a list of participants among them, for the list."""
    unnamed = Meeting.objects.create(dialogue_id="mtm", slug="unnamed", name_en="unnamed", starts="2013")
    return [
        Meeting(dialogue_id="mtm", slug="new", name_en="new", starts="2013"),
        MeetingDocument(meeting=unnamed, kind="agenda", title="new", language="en", file="new.pdf"),
        ParticipantList(meeting=unnamed, names="new"),
    ]


def new_rows_of_the_library():
    made = Publication.objects.create(dialogue_id="mtm", slug="made", title="made", year=2013)
    subject = Subject.objects.get(kind="country", slug="morocco")
    return [
        Publication(dialogue_id="mtm", slug="new", title="new", year=2013),
        PublicationFile(publication=made, title="new", language="en", file="new.pdf"),
        PublicationSection(publication=made, theme_id="irregular-mixed-migration", subject=subject),
        Project(dialogue_id="mtm", slug="new", name_en="new", starts="2013"),
        Link(dialogue_id="mtm", slug="new", name_en="new", category="forum", address="https://new.example/"),
        OutsideAddress(dialogue_id="mtm", address="https://new.example/", host="new.example"),
    ]


def new_rows_of_routes():
    """Records without a drawing among them, for the drawings."""
    layer, route = Layer.objects.get(slug="main", dialogue="mtm"), Subject.objects.get(kind="route", slug="east-africa")
    stops = list(Stop.objects.filter(layer=layer)[:2])
    bare_stop = Stop.objects.create(layer=layer, place=route, kind="town")
    bare_segment = Segment.objects.create(layer=layer, route=route, start=stops[0], end=stops[1], mode="air")
    titled = {"title": "new", "as_of": "2012", "digest": "", "published_at": timezone.now()}
    story = Story.objects.create(dialogue_id="mtm", theme_id=layer.theme_id, slug="told", title="told")
    return [
        Layer(dialogue_id="mtm", theme_id=layer.theme_id, slug="new", name="new"),
        Stop(layer=layer, place=route, kind="port"),
        StopDrawing(stop=bare_stop, point={"type": "Point", "coordinates": [0, 0]}),
        Segment(layer=layer, route=route, start=stops[1], end=stops[0], mode="air"),
        SegmentDrawing(segment=bare_segment, line={"type": "LineString", "coordinates": [[0, 0], [1, 1]]}),
        Reason(dialogue_id="mtm", route=route, date="1999", text="new", source="new"),
        MapEdition(dialogue_id="mtm", year=1999, first_year=1999, last_year=1999, audience=["secretariat:mtm"], **titled),
        MapFeature(
            edition=MapEdition.objects.filter(is_proof=False).first(), kind="stop", stop=stops[0], properties={},
            audience=["secretariat:mtm"],
        ),
        Story(dialogue_id="mtm", theme_id=layer.theme_id, slug="new", title="new"),
        StoryStep(story=story, heading="new", text="new", year=1999, latitude=0, longitude=0),
        GeodataImport(dialogue_id="mtm", layer=layer, name="new.geojson"),
        Embed(edition=MapEdition.objects.filter(dialogue="mtm", is_proof=False).first(), name="new", year=2012, digest="new"),
    ]  # fmt: skip


NUMBER_OF_MODELS = 46


@pytest.mark.parametrize("index", range(NUMBER_OF_MODELS))
@pytest.mark.parametrize(
    "viewer",
    [ANYONE, OTHER_SECRETARIAT, Viewer.of(["nominated", "partner:morocco", "dialogue:mtm:irregular-mixed-migration"])],
    ids=["anyone", "another secretariat", "an official"],
)
def test_nobody_but_the_dialogues_secretariat_adds_rows_to_it(planted, index, viewer):
    with viewing(EVERYTHING):
        row = new_rows(planted[Preset.PUBLIC])[index]
    with viewing(viewer), pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize("index", range(NUMBER_OF_MODELS))
def test_the_secretariat_of_the_dialogue_adds_rows_to_it(planted, index):
    """The other half of the test above: what was refused there is refused for who wrote it, not for what it is."""
    with viewing(EVERYTHING):
        rows_to_add = new_rows(planted[Preset.PUBLIC])
    # Anyone's reading makes a line of the log, an agency answers for itself, a reader keeps their own searches.
    written_by_others = {LogEntry, MapAnswer, Watch, *OF_THE_ADMINISTRATORS}
    assert {type(row) for row in rows_to_add} == set(RESTRICTED) - written_by_others
    row = rows_to_add[index]
    if isinstance(row, (Edition, EditionText)):
        row.audience = [tokens.secretariat("mtm")]
    with viewing(DESK):
        row.save(force_insert=True)
        assert type(row).objects.filter(pk=row.pk).exists()


def test_the_secretariat_of_another_dialogue_changes_and_removes_nothing(planted):
    with viewing(Viewer.secretariat_of("a-dialogue-without-rows")):
        for model in RESTRICTED:
            if model in NEVER_CHANGED or model in OF_THE_ADMINISTRATORS:
                continue
            with connection.cursor() as cursor:
                table = model._meta.db_table
                cursor.execute(f"UPDATE {table} SET {key_of(table)} = {key_of(table)}")
                changed = cursor.rowcount
                cursor.execute(f"DELETE FROM {table}")
                assert (changed, cursor.rowcount) == (0, 0), table


def test_a_row_cannot_be_handed_to_another_dialogue(planted):
    with viewing(DESK), pytest.raises(DatabaseError), transaction.atomic():
        Source.objects.filter(slug="source-public").update(dialogue_id="rabat-process")


def test_a_desk_cannot_put_its_text_into_an_edition_of_another_dialogue(planted):
    """The section is the desk's own, but the edition is not: readers of the other dialogue would read it there."""
    with viewing(EVERYTHING):
        other = Profile.objects.filter(dialogue="mtm").exclude(slug__in=PLACES.values()).first()
        Profile.objects.filter(pk=other.pk).update(dialogue_id="rabat-process", audience=["public"])
        edition = Edition.objects.create(
            profile=other, number=90, published_at=timezone.now(), as_of="2012", endorsement="endorsed",
            audience=["public"],
        )  # fmt: skip
    section = planted[Preset.PUBLIC].section["opening"]
    text = EditionText(edition=edition, section=section, language="en", html="x", digest="x", audience=["public"])
    with viewing(DESK), pytest.raises(DatabaseError), transaction.atomic():
        text.save(force_insert=True)


# Rows nobody classified -----------------------------------------------------------------------------------------------

OWN_AUDIENCE = {"indicators_source": "slug", "indicators_observation": "known_on", "profiles_profile": "slug"}


def copy_of_a_row(table: str, **changes) -> int:
    """A row written by hand, as a copy of another; returns its id."""
    changes |= {"id": 990_000_000, OWN_AUDIENCE[table]: "1999"}
    if table == "profiles_profile":
        changes["subject_id"] = Subject.objects.filter(profiles__isnull=True).values_list("pk", flat=True).first()
    sql = (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(t, %s)).* FROM {table} t"
        " WHERE dialogue_id = 'mtm' LIMIT 1 RETURNING id"
    )
    [(pk,)] = rows(sql, json.dumps(changes))
    return pk


@pytest.mark.parametrize("table", OWN_AUDIENCE)
@pytest.mark.django_db
def test_a_row_that_nobody_classified_is_seen_by_its_secretariat_alone(table):
    with viewing(DESK):
        pk = copy_of_a_row(table, audience=[])
        assert rows(f"SELECT audience FROM {table} WHERE id = %s", pk) == [(["secretariat:mtm"],)]
    for viewer in (ANYONE, OTHER_SECRETARIAT, Viewer.of(["nominated", "partner:morocco"])):
        with viewing(viewer):
            assert pk not in ids_in(table)


@pytest.mark.parametrize("table", OWN_AUDIENCE)
@pytest.mark.django_db
def test_a_row_without_any_audience_is_not_taken(table):
    with viewing(DESK), pytest.raises(DatabaseError), transaction.atomic():
        copy_of_a_row(table, audience=None)


@pytest.mark.parametrize("model", [Section, Edition, EditionText])
def test_an_audience_that_names_no_secretariat_does_not_shut_the_desk_out(planted, model):
    """The secretariat is in the audience of each of its rows, also of a section for one partner."""
    one = planted[Preset.THEME]
    with viewing(EVERYTHING):
        row = next(row for row in new_rows(one) if type(row) is model)
    row.audience = [tokens.partner("morocco")]
    with viewing(DESK):
        type(row).objects.bulk_create([row])
        assert type(row).objects.filter(pk=row.pk).exists()


# Tokens ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    [
        "",
        "Public",
        "everyone",
        "partner:",
        "partner:a:b",
        "dialogue:mtm",
        "secretariat:mtm,public",
        'x"',
        "public\n",
        "partner:é",
    ],
)
def test_words_that_are_no_tokens_are_refused(word):
    assert not tokens.is_token(word)
    with pytest.raises(ValueError, match="not a token"):
        Viewer.of([word])
    with pytest.raises(ValidationError):
        AudienceField().run_validators([word])


def test_a_viewer_of_nothing_is_the_public():
    assert Viewer.of(()) == ANYONE
    assert ANYONE.is_public
    assert ANYONE.as_setting() == "{public}"


@pytest.mark.parametrize("slug", ["Expert_Meeting", "EXPERTS", "expert_meeting"])
def test_a_group_of_any_name_that_its_form_takes_does_not_shut_its_members_out(planted, reader, slug):
    """The form takes every slug; a token takes small letters, digits and hyphens."""
    from accounts.models import ReadingGroup

    group = ReadingGroup(slug=slug, dialogue_id="mtm", name_en="Experts")
    try:
        group.full_clean()
    except ValidationError:
        return
    group.save()
    group.members.add(user_of("official.ukr"))
    assert reader("official.ukr").get("/en/").status_code == 200
