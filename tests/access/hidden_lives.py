"""What may become of a row of each kind that its Secretariat alone sees: it is made, changed, and taken away.

Each life is a generator: what it did before its first `yield` is there already; after each further one something has
happened that is for nobody else to know.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone

from access.viewing import viewing
from atlas.models import OutlineSection, Subject, SubjectKind
from indicators.models import Observation
from indicators.revisions import withdraw_figure
from profiles.models import Draft, Edition, EditionText, Profile, Section
from profiles.publishing import publish
from profiles.texts import digest
from routes.models import Layer, SegmentDrawing, Stop, StopDrawing, Story, StoryStep
from routes.publishing import MapTitle, publish_map
from tests.access.marking import EVERYTHING, HIDEABLE, LAST_YEAR, YEAR, change, newest_marked

THEME = "irregular-mixed-migration"
Life = Iterator[None]
# Of a kind, what a copy of a row must have of its own.
OWN_VALUES: dict[str, dict[str, Any]] = {
    "source": {"slug": "hidden-one"},
    "story": {"slug": "hidden-one"},
    "article": {"key": "hidden-one", "page": ""},
    "review": {"month": "2026-10"},
    "meeting": {"slug": "hidden-one"},
    "meetingdocument": {},
    "publication": {"slug": "hidden-one"},
    "publicationfile": {},
    "project": {"slug": "hidden-one"},
    "link": {"slug": "hidden-one"},
}


def copied(row: models.Model, **values: Any) -> models.Model:
    """Another row like it, that its Secretariat alone sees."""
    copy = type(row)._default_manager.get(pk=row.pk)
    copy.pk, copy._state.adding = None, True
    for name, value in {"audience": [], **values}.items():
        setattr(copy, name, value)
    for field in copy._meta.fields:
        if field.unique and field.has_db_default():
            setattr(copy, field.name, field.get_default())
        if isinstance(field, models.FileField) and getattr(copy, field.name):
            getattr(copy, field.name).save("hidden.pdf", ContentFile(b"%PDF-1.4 hidden"), save=False)
    copy.save(force_insert=True)
    return copy


def of_a_copy(kind: str) -> Life:
    """Of most kinds."""
    row = newest_marked(HIDEABLE[kind])
    yield
    copy = copied(row, **OWN_VALUES[kind])
    yield
    change(kind, [copy.pk])
    yield
    copy.delete()
    yield


def publish_the_map() -> None:
    titles = {f"title_{language}": f"Map of {YEAR}" for language in ("en", "fr", "ar")}
    titled = MapTitle(YEAR, f"{YEAR}-06", 2000, LAST_YEAR, titles)
    publish_map("mtm", titled, ["public"], crossing=lambda line: ["ITA"])


def of_a_part_of_the_map(kind: str) -> Life:
    """A map is published with it, with it as it was changed, and without it."""
    row = newest_marked(HIDEABLE[kind])
    yield
    match kind:
        case "layer":
            layer = copied(row, slug="hidden-one")
            part = _stop_of(layer)
        case "stop":
            part = copied(row, place=_places().exclude(stops_here__layer=row.layer).first())
            StopDrawing.objects.create(stop=part, point={"type": "Point", "coordinates": [9, 33]})
        case _:
            part = copied(row, start=row.end, end=row.start, mode="air")
            line = {"type": "LineString", "coordinates": [[9, 33], [10, 34]]}
            SegmentDrawing.objects.create(segment=part, line=line)
    publish_the_map()
    yield
    drawings = (SegmentDrawing if kind == "segment" else StopDrawing).objects
    drawing = drawings.get(**{"segment" if kind == "segment" else "stop": part})
    drawing.remark_en = "Otherwise."
    drawing.save()
    publish_the_map()
    yield
    drawings.filter(pk=drawing.pk).update(is_shown=False)
    publish_the_map()
    yield


def _places():
    return Subject.objects.filter(kind__in=("hub", "city")).order_by("pk")


def _stop_of(layer: Layer) -> Stop:
    stop = Stop.objects.create(layer=layer, place=_places().first(), kind="town")
    StopDrawing.objects.create(stop=stop, point={"type": "Point", "coordinates": [9, 33]})
    return stop


def of_a_reason(kind: str) -> Life:
    shown = newest_marked(HIDEABLE[kind])
    yield
    row = copied(shown, date=f"{LAST_YEAR}-11")
    publish_the_map()
    yield
    change(kind, [row.pk])
    publish_the_map()
    yield


def of_participants(kind: str) -> Life:
    """Of a meeting that everyone reads, whose participants nobody wrote down so far."""
    row = newest_marked(HIDEABLE["meeting"])
    HIDEABLE[kind]._default_manager.filter(meeting=row).delete()
    yield
    held = HIDEABLE[kind]._default_manager.create(meeting=row, names="zq aside", audience=[])
    yield
    change(kind, [held.pk])
    yield
    held.delete()
    yield


def of_a_map(_kind: str) -> Life:
    """Maps of the Secretariat's own: of this year, and of the next."""
    yield
    titles = {f"title_{language}": "For the desk" for language in ("en", "fr", "ar")}
    for year in (YEAR, YEAR + 1):
        publish_map("mtm", MapTitle(year, str(year), 2000, LAST_YEAR, titles), [], crossing=lambda line: [])
        yield


def of_a_step(_kind: str) -> Life:
    """Of a story that everyone reads, about a layer that the Secretariat alone sees."""
    story = Story.objects.filter(dialogue="mtm", audience__contains=["public"]).order_by("pk").last()
    assert story is not None
    layer = copied(newest_marked(Layer), slug="hidden-one")
    yield
    step = StoryStep(
        story=story, position=0, year=LAST_YEAR, latitude=0, longitude=0, heading_en="Aside", text_en="Aside"
    )
    step.save()
    step.layers.set([layer])
    yield
    StoryStep.objects.filter(pk=step.pk).update(heading_en="Otherwise", position=9)
    yield
    step.delete()
    yield


def publish_beside(profile: Profile, audience: list[str], html: Callable[[EditionText], str], without: int = 0) -> None:
    """An edition like the newest, of a later date; `html`: of its texts; `without`: a section that is left out."""
    before = profile.editions.order_by("-number")[0]
    texts = list(before.texts.exclude(section=without))
    edition = Edition.objects.create(
        profile=profile, number=before.number + 1, published_at=timezone.now(), as_of="2098-12", audience=audience,
        endorsement=profile.endorsement, cited_subjects=before.cited_subjects,
    )  # fmt: skip
    citations, figures = list(before.citations.all()), list(before.figures.all())
    for text in texts:
        text.html = html(text)
        text.digest = digest(text.html)
    for rows in (texts, citations, figures):
        for row in rows:
            row.pk, row.edition = None, edition
            row._state.adding = True
        if rows:
            type(rows[0])._default_manager.bulk_create(rows)


def of_an_edition(_kind: str) -> Life:
    """A whole one, of a profile that everyone reads."""
    profile = Profile.objects.get(dialogue="mtm", theme=THEME, slug="mali")
    yield
    for words in ("aside", "otherwise"):
        publish_beside(profile, ["secretariat:mtm"], lambda text, words=words: f"{text.html}<p>{words}</p>")
        yield


def of_a_section(_kind: str) -> Life:
    """Its text in an edition that everyone reads: another one, and none."""
    profile = Profile.objects.get(dialogue="mtm", theme=THEME, slug="mali")
    newest = profile.editions.order_by("-number")[0]
    section = Section.objects.filter(profile=profile, texts__edition=newest, heading__isnull=False).order_by("pk")[0]
    Section.objects.filter(pk=section.pk).update(audience=["secretariat:mtm"])
    yield

    def other(text: EditionText) -> str:
        return f"{text.html}<p>Otherwise.</p>" if text.section_id == section.pk else text.html

    publish_beside(profile, newest.audience, other)
    yield
    publish_beside(profile, newest.audience, lambda text: text.html, without=section.pk)
    yield


def of_a_figure(_kind: str) -> Life:
    """Of a country and of a reporting area: of another period, known later, corrected, and taken back."""
    open_to_all = Observation.objects.filter(
        audience__contains=["public"], source__audience__contains=["public"], withdrawn_on__isnull=True, dialogue="mtm"
    ).order_by("period", "pk")
    shown = [
        open_to_all.filter(subject__slug=slug, value__isnull=False).last() for slug in ("italy", "morocco", "mali")
    ]
    shown += [open_to_all.filter(subject__kind=SubjectKind.REPORTING_AREA, period__contains=LAST_YEAR).last()]
    assert None not in shown
    yield
    others = [copied(row, period="2023", known_on="2024-01", value=1) for row in shown]
    yield
    others += [copied(row, known_on="2024-02", value=2) for row in shown]
    yield
    change("observation", [row.pk for row in others])
    yield
    replacing = Observation.objects.filter(replaces__in=[row.pk for row in others])
    for row in replacing:
        withdraw_figure(row, "It was nobody's.")
    yield


def of_a_profile(_kind: str) -> Life:
    """Of a country that has none: prepared, published twice, and each time for the Secretariat alone."""
    theme = {"dialogue_id": "mtm", "theme_id": THEME}
    taken = Profile.objects.filter(dialogue="mtm", theme=THEME).values("subject")
    country = Subject.objects.filter(kind=SubjectKind.COUNTRY).exclude(pk__in=taken).order_by("slug")[0]
    heading = OutlineSection.objects.filter(dialogue="mtm", theme=THEME, kind="country").order_by("position")[0]
    yield
    profile = Profile.objects.create(subject=country, slug="hidden-one", audience=[], **theme)
    section = Section.objects.create(profile=profile, heading=heading)
    draft = Draft.objects.create(section=section, language="en", html="<p>zq aside</p>")
    yield
    for words in ("zq aside", "zq otherwise"):
        draft.html = f"<p>{words}</p>"
        draft.save()
        publish(profile, as_of="2098-12")
        yield
    Profile.objects.filter(pk=profile.pk).update(endorsement="endorsed", slug="hidden-other")
    yield


LIVES: dict[str, Callable[[str], Life]] = {
    **dict.fromkeys(OWN_VALUES, of_a_copy),
    **dict.fromkeys(("layer", "stop", "segment"), of_a_part_of_the_map),
    "reason": of_a_reason,
    "participantlist": of_participants,
    "mapedition": of_a_map,
    "storystep": of_a_step,
    "edition": of_an_edition,
    "section": of_a_section,
    "observation": of_a_figure,
    "profile": of_a_profile,
}


def life_of(kind: str) -> Life:
    """Each step is done by all secretariats; what is between the steps is asked by whoever."""
    life = LIVES[kind](kind)
    while True:
        with viewing(EVERYTHING):
            if next(life, life) is life:
                return
        yield
