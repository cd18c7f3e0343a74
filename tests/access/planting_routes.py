"""Layers, segments, stops, reasons, maps, a proof and stories with canaries; of each preset one."""

from access import tokens
from access.presets import Preset
from accounts.secret_digests import digest_of
from atlas.models import Subject, SubjectKind
from routes.models import (
    Embed,
    GeodataImport,
    Layer,
    MapEdition,
    Outcome,
    Reason,
    Segment,
    SegmentDrawing,
    Stop,
    StopDrawing,
    StopKind,
    Story,
    StoryStep,
)
from routes.publishing import MapTitle, make_proof, publish_map
from routes.quality_checks import answer

DIALOGUE, THEME, LANGUAGES = "mtm", "irregular-mixed-migration", ("en", "fr", "ar")
YEAR = 2031
ROUTE = "west-africa"
EMBED_KEY = "key-of-an-embedded-map"
PROOF_FOR = "morocco"  # a proof is read by whom it is sent to; that it is an agency is the form's word
EXACT = 4.9604931  # degrees, of open layers: rounded to 4.96 before anyone reads it


def in_three(name: str, text: str) -> dict[str, str]:
    return {f"{name}_{language}": text for language in LANGUAGES}


def plant_routes(canary, audience_for, towns: dict[Preset, list[Subject]]) -> MapEdition:
    """To be called as the secretariat of the MTM Dialogue. Publishes a map that shows all of it; returns the proof."""
    route = Subject.objects.get(kind=SubjectKind.ROUTE, slug=ROUTE)
    for index, preset in enumerate(Preset):
        audience = audience_for(preset)
        layer = Layer.objects.create(
            dialogue_id=DIALOGUE, theme_id=THEME, slug=f"layer-{preset}", audience=audience,
            **in_three("name", canary(preset, "layer")),
        )  # fmt: skip
        ends = [_stop(layer, place, index, canary(preset, "stop")) for place in towns[preset]]
        segment = Segment.objects.create(layer=layer, route=route, start=ends[0], end=ends[1], mode="air", position=90)
        line = [[EXACT, 10.0 + index], [EXACT + 1, 11.0 + index]]
        SegmentDrawing.objects.create(
            segment=segment, line={"type": "LineString", "coordinates": line}, source=canary(preset, "segment"),
            **in_three("remark", canary(preset, "segment")),
        )  # fmt: skip
        Reason.objects.create(
            dialogue_id=DIALOGUE, route=route, date=f"{YEAR}-0{index + 1}", source=canary(preset, "why"),
            audience=audience, **in_three("text", canary(preset, "why")),
        )  # fmt: skip
        _story(preset, audience, layer, canary(preset, "story"))
        GeodataImport.objects.create(
            dialogue_id=DIALOGUE, layer=layer, name=canary(preset, "draft"), rows=[canary(preset, "draft")]
        )
    titled = MapTitle(YEAR, str(YEAR), YEAR, YEAR, in_three("title", f"Map of {YEAR}"))
    published = publish_map(DIALOGUE, titled, [tokens.PUBLIC], crossing=lambda line: [])
    Embed.objects.create(
        name="Embedded", edition=published, language="en", year=YEAR, origins="https://www.example.org",
        digest=digest_of(EMBED_KEY),
    )  # fmt: skip
    proof = make_proof(
        DIALOGUE, MapTitle(YEAR, str(YEAR), YEAR, YEAR, in_three("title", canary(Preset.PARTNERS, "proof"))),
        [PROOF_FOR], crossing=lambda line: [],
    )  # fmt: skip
    Embed.objects.create(
        name="Embedded", edition=proof, language="en", year=YEAR, origins="https://www.example.org",
        digest=digest_of("key-of-a-map-that-is-not-open"),
    )  # fmt: skip
    for drawing in (*StopDrawing.objects.all(), *SegmentDrawing.objects.all()):
        for field in (*(f"remark_{language}" for language in LANGUAGES), "source"):
            if held := getattr(drawing, field, ""):
                setattr(drawing, field, held.replace("-stop-", "-draft-").replace("-segment-", "-draft-"))
        drawing.save()
    return proof


def answer_as_planted(proof: MapEdition, canary, person) -> None:
    """To be called as someone of the partner that is asked."""
    answer(proof, PROOF_FOR, Outcome.REMARKS, canary(Preset.PARTNERS, "answer"), by=person)


def _stop(layer: Layer, place: Subject, index: int, remark: str) -> Stop:
    stop = Stop.objects.create(layer=layer, place=place, kind=StopKind.TOWN)
    point = {"type": "Point", "coordinates": [EXACT, 10.0 + index]}
    StopDrawing.objects.create(stop=stop, point=point, **in_three("remark", remark))
    return stop


def _story(preset: Preset, audience: list[str], layer: Layer, words: str) -> None:
    story = Story.objects.create(
        dialogue_id=DIALOGUE, theme_id=THEME, slug=f"story-{preset}", audience=audience,
        **in_three("title", words), **in_three("introduction", words),
    )  # fmt: skip
    step = StoryStep.objects.create(
        story=story, year=YEAR, latitude=0, longitude=0, **in_three("heading", words), **in_three("text", words)
    )
    step.layers.set([layer])
