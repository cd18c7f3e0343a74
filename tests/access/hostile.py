"""Names of things and people that a browser, a template or a format would take for more than text."""

import html

from django.db.models import F, Value
from django.db.models.functions import Concat

from access.presets import Preset
from access.viewing import viewing
from accounts.models import ReadingGroup, User
from indicators.models import Observation, Source
from profiles.models import Tag
from tests.access.planting import LANGUAGES, Planted
from tests.access.test_lock import EVERYTHING

MARKUP = '"><img src=x onerror=alert(1)>{{7*7}}{% debug %}{0}%(x)s'


def plant_markup(planted: dict[Preset, Planted]) -> None:
    """Behind the canaries, which stay."""
    with viewing(EVERYTHING):
        Source.objects.filter(slug__endswith="-public").update(**_longer("name"))
        Source.objects.filter(slug="source-public").update(acronym=MARKUP[:20])
        Tag.objects.update(**_longer("name"))
        ReadingGroup.objects.update(**_longer("name"))
        Observation.objects.filter(pk=planted[Preset.PUBLIC].figure.pk).update(**_longer("remark"))
        User.objects.filter(email__in=["editor@imap.example", "official.mar@imap.example"]).update(name=MARKUP)


def _longer(field: str) -> dict[str, Concat]:
    return {f"{field}_{language}": Concat(F(f"{field}_{language}"), Value(MARKUP)) for language in LANGUAGES}


def is_taken_for_more(page: bytes) -> bool:
    return b"<img src=x" in page


def is_shown_as_text(page: bytes) -> bool:
    return html.escape(MARKUP).encode()[:30] in page or b"onerror=alert" in page
