"""The names by which articles are tagged: those of the portal's subjects, and those that the press uses."""

from functools import lru_cache

from django.conf import settings

from access.names import NamedQuerySet
from atlas.models import FormerName, NameVariant, Subject, SubjectKind
from atlas.reference_version import current
from newscentre.stages.cluster import names_of_concepts
from newscentre.stages.tag import Name, NameFinder, Tagger, names_of_the_press, words_of_categories

NAMED_IN_THE_PRESS = [SubjectKind.COUNTRY, SubjectKind.HUB, SubjectKind.CITY]


def tagger() -> Tagger:
    """Its keys are ids of subjects and slugs of categories. Made anew when the subjects change."""
    revision = current()
    return _made_tagger() if revision < 0 else _tagger(revision)


@lru_cache(maxsize=1)
def concepts() -> NameFinder:
    return NameFinder(names_of_concepts(settings.DATA_DIR / "world" / "news_concepts.csv"))


@lru_cache(maxsize=1)
def _tagger(revision: int) -> Tagger:
    return _made_tagger()


def _made_tagger() -> Tagger:
    world = settings.DATA_DIR / "world"
    return Tagger(
        NameFinder([*_names_of_subjects(), *_of_the_press()]),
        NameFinder(words_of_categories(world / "news_categories.toml")),
    )


def named_in_the_press() -> NamedQuerySet:
    """What an article may be about."""
    return Subject.objects.filter(kind__in=NAMED_IN_THE_PRESS)


def _names_of_subjects() -> list[Name]:
    names = []
    for pk, *texts in named_in_the_press().values_list(
        "pk", *(f"name_{language}" for language in settings.MODELTRANSLATION_LANGUAGES)
    ):
        names += [_name(pk, text) for text in texts if text]
    for model, field in (
        (NameVariant, "text"),
        *((FormerName, f"name_{language}") for language in settings.MODELTRANSLATION_LANGUAGES),
    ):
        rows = model._base_manager.filter(subject__kind__in=NAMED_IN_THE_PRESS).values_list("subject", field)
        names += [_name(pk, text) for pk, text in rows if text]
    return names


def _name(pk: int, text: str) -> Name:
    return Name(str(pk), text.rstrip("*"), needs_capital=True, is_place=True)


def _of_the_press() -> list[Name]:
    countries = dict(Subject.objects.filter(kind=SubjectKind.COUNTRY).values_list("slug", "pk"))
    return [
        Name(str(countries[name.key]), name.text, name.needs_capital, name.is_place, name.is_prefix)
        for name in names_of_the_press(settings.DATA_DIR / "world" / "press_names.csv")
        if name.key in countries
    ]
