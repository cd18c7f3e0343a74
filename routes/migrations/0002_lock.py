from django.db import migrations

from access.lock import Lock, SecretariatInAudience, secretariat_holds

DIALOGUE_OF_LAYER = "(SELECT dialogue_id FROM routes_layer WHERE id = ($1).layer_id)"
OF_LAYER = f"EXISTS (SELECT 1 FROM routes_layer l WHERE l.id = layer_id AND {secretariat_holds('l.dialogue_id')})"
OF_EDITION = (
    f"EXISTS (SELECT 1 FROM routes_mapedition e WHERE e.id = edition_id AND {secretariat_holds('e.dialogue_id')})"
)
LAYER = {"layer_id": "routes_layer"}


class Migration(migrations.Migration):
    dependencies = [("routes", "0001_initial"), ("access", "0001_the_viewer_in_the_database")]
    operations = [
        SecretariatInAudience("routes_layer"),
        SecretariatInAudience("routes_stop", DIALOGUE_OF_LAYER),
        SecretariatInAudience("routes_segment", DIALOGUE_OF_LAYER),
        SecretariatInAudience("routes_reason"),
        SecretariatInAudience("routes_mapedition"),
        SecretariatInAudience(
            "routes_mapfeature", "(SELECT dialogue_id FROM routes_mapedition WHERE id = ($1).edition_id)"
        ),
        Lock("routes_layer", audience="own", parents={}, write=secretariat_holds("dialogue_id")),
        Lock("routes_stop", audience="inherits", parents=LAYER, write=OF_LAYER),
        Lock(
            "routes_segment",
            audience="inherits",
            parents=LAYER | {"start_id": "routes_stop", "end_id": "routes_stop"},
            write=OF_LAYER,
        ),
        Lock("routes_reason", audience="own", parents={}, write=secretariat_holds("dialogue_id")),
        Lock("routes_mapedition", audience="own", parents={}, write=secretariat_holds("dialogue_id"), append_only=True),
        Lock(
            "routes_mapfeature",
            audience="own",
            parents={
                "edition_id": "routes_mapedition",
                "segment_id": "routes_segment",
                "stop_id": "routes_stop",
                "reason_id": "routes_reason",
            },
            write=OF_EDITION,
            append_only=True,
        ),
    ]
