from django.db import migrations

from access.lock import Lock, SecretariatInAudience, secretariat_holds

DIALOGUE_OF_LAYER = "(SELECT dialogue_id FROM routes_layer WHERE id = ($1).layer_id)"
DIALOGUE_OF_EDITION = "(SELECT dialogue_id FROM routes_mapedition WHERE id = ($1).edition_id)"
OWN = secretariat_holds("dialogue_id")


def held_through(table: str, join: str, dialogue: str) -> str:
    """SQL: the viewer is the secretariat of the row that this row belongs to, however far up."""
    return f"EXISTS (SELECT 1 FROM {table} WHERE {join} AND {secretariat_holds(dialogue)})"


OF_LAYER = held_through("routes_layer l", "l.id = layer_id", "l.dialogue_id")
OF_STOP = held_through("routes_stop s JOIN routes_layer l ON l.id = s.layer_id", "s.id = stop_id", "l.dialogue_id")
OF_SEGMENT = held_through(
    "routes_segment s JOIN routes_layer l ON l.id = s.layer_id", "s.id = segment_id", "l.dialogue_id"
)
OF_EDITION = held_through("routes_mapedition e", "e.id = edition_id", "e.dialogue_id")
OF_STORY = held_through("routes_story s", "s.id = story_id", "s.dialogue_id")
OF_STEP = held_through(
    "routes_storystep t JOIN routes_story s ON s.id = t.story_id", "t.id = storystep_id", "s.dialogue_id"
)
# An agency answers for itself, about a proof that it may see.
OF_AGENCY = (
    "(EXISTS (SELECT 1 FROM routes_mapedition e WHERE e.id = edition_id AND e.is_proof)"
    " AND ('partner:' || partner_id) = ANY ((SELECT imap_viewer())::text[]))"
)
LAYER = {"layer_id": "routes_layer"}
EDITION = {"edition_id": "routes_mapedition"}
RECORDS = {"segment_id": "routes_segment", "stop_id": "routes_stop", "reason_id": "routes_reason"}


class Migration(migrations.Migration):
    dependencies = [("routes", "0001_initial"), ("access", "0002_viewing_as_in_the_database")]
    operations = [
        SecretariatInAudience("routes_layer"),
        SecretariatInAudience("routes_stop", DIALOGUE_OF_LAYER),
        SecretariatInAudience("routes_segment", DIALOGUE_OF_LAYER),
        SecretariatInAudience("routes_reason"),
        SecretariatInAudience("routes_mapedition"),
        SecretariatInAudience("routes_mapfeature", DIALOGUE_OF_EDITION),
        SecretariatInAudience("routes_mapanswer", DIALOGUE_OF_EDITION),
        SecretariatInAudience("routes_story"),
        Lock("routes_layer", audience="own", parents={}, write=OWN),
        Lock("routes_stop", audience="inherits", parents=LAYER, write=OF_LAYER),
        Lock("routes_stopdrawing", audience=None, parents={"stop_id": "routes_stop"}, write=OF_STOP, desk_only=True),
        Lock(
            "routes_segment",
            audience="inherits",
            parents=LAYER | {"start_id": "routes_stop", "end_id": "routes_stop"},
            write=OF_LAYER,
        ),
        Lock(
            "routes_segmentdrawing",
            audience=None,
            parents={"segment_id": "routes_segment"},
            write=OF_SEGMENT,
            desk_only=True,
        ),
        Lock("routes_reason", audience="own", parents={}, write=OWN),
        Lock("routes_mapedition", audience="own", parents={}, write=OWN, append_only=True),
        Lock("routes_mapfeature", audience="own", parents=EDITION | RECORDS, write=OF_EDITION, append_only=True),
        Lock("routes_mapanswer", audience="own", parents=EDITION, write=OF_AGENCY, append_only=True),
        Lock("routes_story", audience="own", parents={}, write=OWN),
        Lock("routes_storystep", audience=None, parents={"story_id": "routes_story"}, write=OF_STORY),
        Lock(
            "routes_storystep_layers",
            audience=None,
            parents={"storystep_id": "routes_storystep", "layer_id": "routes_layer"},
            write=OF_STEP,
        ),
    ]
