"""The counters of changes: each transaction finds one to count in."""

import pytest
from django.conf import settings
from django.db import connection

from atlas.models import ChangeCounter


@pytest.mark.django_db
def test_there_is_a_counter_for_each_slot_in_which_the_triggers_count():
    """A transaction whose slot is missing would count nowhere, and pages made before it would be kept."""
    functions = [
        settings.BASE_DIR / "atlas/sql" / f"{name}.sql" for name in ("atlas_count_change", "atlas_count_reference")
    ]
    for path in functions:
        assert f"slot = pg_backend_pid() % {ChangeCounter.SLOTS};" in path.read_text(encoding="utf-8")
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(slot ORDER BY slot) FROM atlas_changecounter")
        assert cursor.fetchone() == ([*range(ChangeCounter.SLOTS)],)
