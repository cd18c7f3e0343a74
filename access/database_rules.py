"""The function of this room that reads as the portal (`access.installation`)."""

from access.row_level_security import as_the_portal

# The tokens of all secretariats, as a setting of the viewer, for what the portal does on behalf of them all.
SECRETARIATS = as_the_portal(
    "imap_secretariats()",
    "text[]",
    "SELECT coalesce(array_agg('secretariat:' || slug ORDER BY slug), '{}') INTO answer FROM atlas_dialogue;",
    declare="answer text[];",
)
FUNCTIONS = (SECRETARIATS,)
