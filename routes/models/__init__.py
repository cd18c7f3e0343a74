"""Segments and stops of the routes, how they are drawn, why they changed, and the maps that were published of them.

The way is that of profiles: drawing → map edition → reader. `Segment` and `Stop` are the records, which say, live, who
may see anything of them; a drawing is seen by the desk alone. Readers' code touches `MapEdition` and `MapFeature`.
"""

from routes.models.embeds import Embed
from routes.models.imports import (
    UNDECIDED,
    GeodataImport,
    ImportState,
)
from routes.models.maps import (
    FeatureKind,
    MapAnswer,
    MapEdition,
    MapFeature,
    Outcome,
)
from routes.models.records import (
    Confidence,
    Drawing,
    Layer,
    Mode,
    PartialDateField,
    Reason,
    Segment,
    SegmentDrawing,
    Stop,
    StopDrawing,
    StopKind,
)
from routes.models.stories import (
    Story,
    StoryStep,
)

__all__ = [
    "UNDECIDED",
    "Confidence",
    "Drawing",
    "Embed",
    "FeatureKind",
    "GeodataImport",
    "ImportState",
    "Layer",
    "MapAnswer",
    "MapEdition",
    "MapFeature",
    "Mode",
    "Outcome",
    "PartialDateField",
    "Reason",
    "Segment",
    "SegmentDrawing",
    "Stop",
    "StopDrawing",
    "StopKind",
    "Story",
    "StoryStep",
]
