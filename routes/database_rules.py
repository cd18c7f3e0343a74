"""Functions of the database that routes generate (`access.installation`)."""

from routes.shown_maps_sql import LOOKS_ALIKE, SHOWN

FUNCTIONS = (LOOKS_ALIKE, SHOWN)
