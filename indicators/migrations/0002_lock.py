from django.db import migrations

from access.lock import Lock, SecretariatInAudience, secretariat_holds

OF_OBSERVATION = (
    "EXISTS (SELECT 1 FROM indicators_observation o WHERE o.id = observation_id AND "
    + secretariat_holds("o.dialogue_id")
    + ")"
)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial"), ("access", "0001_the_viewer_in_the_database")]
    operations = [
        SecretariatInAudience("indicators_source"),
        SecretariatInAudience("indicators_observation"),
        Lock("indicators_source", audience="own", parents={}, write=secretariat_holds("dialogue_id")),
        Lock(
            "indicators_observation",
            audience="own",
            parents={"source_id": "indicators_source"},
            write=secretariat_holds("dialogue_id"),
        ),
        Lock(
            "indicators_furthersource",
            audience=None,
            parents={"observation_id": "indicators_observation", "source_id": "indicators_source"},
            write=OF_OBSERVATION,
        ),
    ]
