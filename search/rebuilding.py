"""Makes the entries of the search table anew: after names or spellings have changed, or a table came from elsewhere."""

from django.db import connection, transaction

from access.viewer import Viewer
from access.viewing import viewing
from atlas.models import Dialogue
from search.kinds import kinds
from search.models import Entry


def rebuild() -> dict[str, int]:
    """Entries by the name of their kind. One transaction: readers find the old ones until it ends."""
    everyone = Viewer.secretariat_of(*Dialogue.objects.values_list("pk", flat=True))
    with transaction.atomic(), viewing(everyone), connection.cursor() as cursor:
        for kind in kinds():
            if kind.rebuild:
                Entry.objects.filter(kind=kind.name).delete()
                cursor.execute(kind.rebuild)
        return {kind.name: Entry.objects.filter(kind=kind.name).count() for kind in kinds()}
