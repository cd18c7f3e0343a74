"""Which tables of figures need no row-level security (`access.installation`)."""

UNLOCKED = dict.fromkeys(
    ("indicators_topic", "indicators_indicator", "indicators_statedefinition"), "Definitions, open to everyone."
)
