"""Names with canaries: towns that one layer of each preset shows, and a hub and a publisher that another desk hides."""

from access.presets import Preset
from access.viewer import Viewer
from access.viewing import viewing
from atlas.models import Subject, SubjectKind
from newscentre.models import Feed, Publisher
from routes.models import Layer, Stop, StopDrawing, StopKind

DIALOGUE, OTHER_DIALOGUE = "mtm", "rabat-process"
COUNTRY = "chad"  # whose page lists its towns
LANGUAGES = ("en", "fr", "ar")


def plant_towns(canary) -> dict[Preset, list[Subject]]:
    """Two for each preset, made by the MTM Dialogue; what layer they come to stand in says who is told of them."""
    country = Subject.objects.get(kind=SubjectKind.COUNTRY, slug=COUNTRY)
    return {
        preset: [
            Subject.objects.create(
                kind=SubjectKind.CITY, slug=f"town-{preset}-{number}", country=country, made_by_id=DIALOGUE,
                **{f"name_{language}": canary(preset, "place") for language in LANGUAGES},
            )
            for number in (1, 2)
        ]
        for preset in Preset
    }  # fmt: skip


def plant_names_of_another_desk(canary) -> None:
    """What the Rabat Process keeps for its own Secretariat."""
    country = Subject.objects.get(kind=SubjectKind.COUNTRY, slug=COUNTRY)
    names = {f"name_{language}": canary(Preset.SECRETARIAT, "otherplace") for language in LANGUAGES}
    hub = Subject.objects.create(
        kind=SubjectKind.HUB, slug="hub-of-another-desk", country=country, made_by_id=OTHER_DIALOGUE, **names
    )
    publisher = Publisher.objects.create(
        slug="press-of-another-desk", name=canary(Preset.SECRETARIAT, "otherpress"), made_by_id=OTHER_DIALOGUE
    )
    with viewing(Viewer.secretariat_of(OTHER_DIALOGUE)):
        layer = Layer.objects.create(
            dialogue_id=OTHER_DIALOGUE, theme_id="irregular-mixed-migration", slug="layer-of-another-desk", name_en="…"
        )
        stop = Stop.objects.create(layer=layer, place=hub, kind=StopKind.HUB)
        StopDrawing.objects.create(stop=stop, point={"type": "Point", "coordinates": [15, 13]})
        Feed.objects.create(publisher=publisher, name="Another desk’s", dialogue_id=OTHER_DIALOGUE)
