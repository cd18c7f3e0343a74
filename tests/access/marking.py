"""Marks in every row that a page may be composed of, so that a test can tell by the bytes which rows stand there.

A mark is of the row that has an audience: of a drawing its segment, of a text its section.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import connection, models
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from access import tokens
from access.viewer import Viewer
from access.viewing import viewing
from demo.cast import ALL_FOUR
from indicators.models import FurtherSource, Observation, Source
from indicators.revisions import replace_figure
from newscentre.models import (
    Article,
    Link,
    Meeting,
    MeetingDocument,
    ParticipantList,
    Project,
    Publication,
    PublicationFile,
    Review,
    ReviewItem,
)
from profiles.models import Citation, CitedFigure, Edition, EditionText, Profile, Section
from profiles.texts import digest
from routes.models import Layer, Reason, Segment, SegmentDrawing, Stop, StopDrawing, Story, StoryStep
from routes.publishing import MapTitle, publish_map

EVERYTHING = Viewer.of(tokens.secretariat(dialogue) for dialogue in ALL_FOUR)
LANGUAGES = ("en", "fr", "ar")
MARK = re.compile(rb"zq([a-z]+)(\d+)z")
FIGURE = re.compile(rb"77\D{0,8}160\D{0,8}(\d{3})\D{0,8}(\d{3})")
FIRST_VALUE, LONG_AGO = 77_160_000_000, date(1900, 1, 1)
YEAR, LAST_YEAR = 2032, 2024
PER_MODEL = 60  # rows of a kind of which there are many

# Model → the fields that carry its mark; `section__` and such lead to the row with the audience.
IN_FIELDS: dict[type[models.Model], tuple[str, str]] = {
    Source: ("pk", "name"),
    Layer: ("pk", "name"),
    Reason: ("pk", "text"),
    Story: ("pk", "title"),
    StoryStep: ("story_id", "heading"),
    StopDrawing: ("stop_id", "remark"),
    SegmentDrawing: ("segment_id", "remark"),
    Article: ("pk", "title"),
    Review: ("pk", "introduction"),
    ReviewItem: ("review_id", "comment"),
    Meeting: ("pk", "name"),
    MeetingDocument: ("pk", "title"),
    ParticipantList: ("pk", "names"),
    Publication: ("pk", "title"),
    PublicationFile: ("pk", "title"),
    Project: ("pk", "name"),
    Link: ("pk", "name"),
}
OF = {StoryStep: Story, StopDrawing: Stop, SegmentDrawing: Segment, ReviewItem: Review}
HIDEABLE: dict[str, type[models.Model]] = {
    model.__name__.lower(): model
    for model in (
        Observation, Source, Layer, Stop, Segment, Reason, Story, Profile, Section, Article, Review, Meeting,
        MeetingDocument, ParticipantList, Publication, PublicationFile, Project, Link,
    )
}  # fmt: skip


def mark_everything() -> None:
    """To be called in a transaction. Afterwards the newest map and the newest editions are of marked rows."""
    with viewing(EVERYTHING):
        for model, (of, field) in IN_FIELDS.items():
            word = OF.get(model, model).__name__.lower()
            mark = Concat(Value(f"zq{word}"), Cast(F(of), CharField()), Value("z"))
            names = {held.name for held in model._meta.fields}
            fields = [name for name in (f"{field}_{language}" for language in LANGUAGES) if name in names] or [field]
            model._default_manager.update(**dict.fromkeys(fields, mark))
        marked = _marked_figures()
        titles = {f"title_{language}": f"Map of {YEAR}" for language in LANGUAGES}
        for_all = [tokens.PUBLIC]
        publish_map("mtm", MapTitle(YEAR, str(YEAR), 2000, LAST_YEAR, titles), for_all, crossing=lambda line: ["ITA"])
        for profile in Profile.objects.filter(dialogue="mtm"):
            _publish_anew(profile, marked)


def _marked_figures() -> dict[int, int]:
    """Number of each figure with a value → that of the marked one in its place, as if it had been held ever since."""
    held = list(Observation.objects.filter(value__isnull=False, withdrawn_on__isnull=True))
    further = list(FurtherSource.objects.filter(observation__in=[row.pk for row in held]))
    Observation.objects.filter(pk__in=[row.pk for row in held]).update(
        withdrawn_on=LONG_AGO, withdrawn_because="marked"
    )
    with connection.cursor() as cursor:
        table = Observation._meta.db_table
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, len(held)]
        )
        numbers = dict(zip([row.pk for row in held], [number for (number,) in cursor], strict=True))
    for row in held:
        row.pk = numbers[row.pk]
        row.value, row.known_on, row.replaces, row.held_from, row.reason = FIRST_VALUE + row.pk, "", None, None, ""
    Observation.objects.bulk_create(held)
    for one in further:
        one.pk, one.observation_id = None, numbers[one.observation_id]
    FurtherSource.objects.bulk_create(further)
    return numbers


def _publish_anew(profile: Profile, marked: dict[int, int]) -> None:
    """An edition in which each section is marked and cites what the newest one does."""
    before = profile.editions.order_by("-number").first()
    edition = Edition.objects.create(
        profile=profile, number=before.number + 1, published_at=timezone.now(), as_of="2012", audience=profile.audience,
        endorsement=profile.endorsement, cited_subjects=before.cited_subjects,
    )  # fmt: skip
    texts = []
    for section in profile.sections.select_related("heading"):
        for language in LANGUAGES:
            html = f"<p>zqsection{section.pk}z</p>"
            texts.append(
                EditionText(
                    edition=edition, section=section, language=language, html=html, digest=digest(html),
                    audience=list(section.effective_audience(profile.audience)),
                )
            )  # fmt: skip
    EditionText.objects.bulk_create(texts)
    for model in (Citation, CitedFigure):
        rows = list(model._default_manager.filter(edition=before))
        for row in rows:
            row.pk, row.edition = None, edition
            if isinstance(row, CitedFigure):
                row.observation_id = marked.get(row.observation_id, row.observation_id)
        model._default_manager.bulk_create(rows)


def marks_in(text: bytes) -> set[tuple[str, int]]:
    """(kind, number) of each row whose mark stands in these bytes."""
    found = {(kind.decode(), int(number)) for kind, number in MARK.findall(text)}
    return found | {("observation", int(high + low)) for high, low in FIGURE.findall(text)}


def candidates() -> dict[str, list[int]]:
    """Numbers of rows that a test may hide, by kind."""
    with viewing(EVERYTHING):
        return {kind: _of(model) for kind, model in HIDEABLE.items()}


def _of(model: type[models.Model]) -> list[int]:
    rows = model._default_manager.order_by("pk")
    if model is Observation:
        rows = rows.filter(withdrawn_on__isnull=True)
        areas = list(rows.filter(subject__kind="reporting-area").values_list("pk", flat=True))
        return areas + list(rows.exclude(subject__kind="reporting-area").values_list("pk", flat=True)[:PER_MODEL])
    if model in (Profile, Section):
        path = {Profile: "dialogue", Section: "profile__dialogue"}[model]
        rows = rows.filter(**{path: "mtm"})
    numbers = list(rows.values_list("pk", flat=True))
    return numbers if model in (Segment, Stop) else numbers[-PER_MODEL:]


def newest_marked(model: type[models.Model]) -> Any:
    """A row of a model that everyone reads, the last of them."""
    rows = model._default_manager.filter(audience__contains=[tokens.PUBLIC])
    if model is Observation:
        rows = rows.filter(
            withdrawn_on__isnull=True, subject__kind="country", source__audience__contains=[tokens.PUBLIC]
        )
    if model in (Segment, Stop):
        rows = model._default_manager.filter(layer__audience__contains=[tokens.PUBLIC])
    for part, whole in ((MeetingDocument, "meeting"), (PublicationFile, "publication"), (Article, "feed")):
        if model is part:
            rows = model._default_manager.filter(**{f"{whole}__audience__contains": [tokens.PUBLIC]})
    if model is Article:
        rows = rows.filter(status="published")
    return rows.order_by("pk").last()


def hide(kind: str, numbers: Iterable[int]) -> None:
    """From now on the secretariat of the row's dialogue alone sees these."""
    with viewing(EVERYTHING):
        HIDEABLE[kind]._default_manager.filter(pk__in=list(numbers)).update(audience=[])


def touchable(row: models.Model) -> Iterator[models.Field]:
    """The fields of a row that say something and may be anything."""
    for field in row._meta.fields:
        is_text = isinstance(field, (models.CharField, models.TextField)) and not isinstance(field, models.FileField)
        is_number = isinstance(field, models.DecimalField) or field.name in ("position", "year")
        if field.primary_key or field.unique or field.choices or isinstance(field, models.SlugField):
            continue
        if is_number or (
            is_text and (field.max_length or 999) > 20 and field.name not in ("language", "key", "digest")
        ):
            yield field


def change(kind: str, numbers: Iterable[int]) -> None:
    """Gives each of these rows other words and numbers, one by one, as a desk does."""
    with viewing(EVERYTHING):
        for row in HIDEABLE[kind]._default_manager.filter(pk__in=list(numbers)):
            for field in touchable(row):
                held = getattr(row, field.attname)
                if isinstance(held, str):
                    setattr(row, field.attname, f"{held}+"[-field.max_length :] if field.max_length else f"{held}+")
                elif held is not None:
                    setattr(row, field.attname, held + 1)
            if isinstance(row, Observation):
                replace_figure(Observation.objects.get(pk=row.pk), row, "It was wrong.")
            else:
                row.save()
