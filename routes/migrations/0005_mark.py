from django.db import migrations

from atlas.change_counters import Counted


class Migration(migrations.Migration):
    dependencies = [("routes", "0004_embeds"), ("profiles", "0005_mark")]
    operations = [
        Counted(table)
        for table in (
            "routes_layer",
            "routes_stop",
            "routes_segment",
            "routes_reason",
            "routes_mapedition",
            "routes_mapfeature",
        )
    ]
