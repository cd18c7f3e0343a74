"""The database's rules of the atlas beside those that stand at the models (`access.installation`)."""

from atlas.models import ChangeCounter

OF_REFERENCE = "Names and reference data: said under the rule of `access.names`."
UNLOCKED = {
    **dict.fromkeys(
        (
            "atlas_theme",
            "atlas_subject",
            "atlas_subject_members",
            "atlas_formername",
            "atlas_namevariant",
            "atlas_partner",
        ),
        OF_REFERENCE,
    ),
    "atlas_changecounter": "Numbers that grow with every change; they say nothing of what has changed.",
}
ROWS = (
    f"INSERT INTO atlas_changecounter (slot, number, reference) SELECT slot, 0, 0 FROM generate_series(0, {ChangeCounter.SLOTS - 1}) slot "
    "ON CONFLICT (slot) DO NOTHING",
)
