"""Keeps one row for each external link on the portal, and none for links that are no longer there."""

import random
from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction

from newscentre.links.locations import PLACES
from newscentre.links.models import OutsideAddress, host_of
from newscentre.stages.links import as_typed

LONGEST_KEPT = 2000  # bytes: what an index of the database holds
MOST_PLACES = 20  # that are named for one address
SPREAD = timedelta(days=1)  # over which the first looks at what is new are spread


@transaction.atomic
def gather(now: datetime) -> None:
    """Call it as every secretariat. Running it twice changes nothing."""
    found = _found()
    held = {(row.dialogue_id, row.address): row for row in OutsideAddress.objects.all()}
    OutsideAddress.objects.filter(pk__in=[row.pk for key, row in held.items() if key not in found]).delete()
    new = [
        OutsideAddress(
            dialogue_id=dialogue, address=address, host=host_of(address), stands_in=places, next_at=_some_time(now)
        )
        for (dialogue, address), places in found.items()
        if (dialogue, address) not in held
    ]
    OutsideAddress.objects.bulk_create(new, ignore_conflicts=True)
    moved = [row for key, row in held.items() if key in found and row.stands_in != found[key]]
    for row in moved:
        row.stands_in = found[(row.dialogue_id, row.address)]
        if row.gone_on:  # where it stands now, too
            tell_readers(row)
    OutsideAddress.objects.bulk_update(moved, ["stands_in"])


def tell_readers(row: OutsideAddress) -> None:
    """Everywhere the address stands, that it is gone, or (without a day) that it is back."""
    for place in PLACES.values():
        place.tell(row.dialogue_id, row.address, row.gone_on)


def _found() -> dict[tuple[str, str], list[str]]:
    places = defaultdict(set)
    for place in PLACES.values():
        for dialogue, address, where in place.addresses():
            if as_typed(address) and len(address.encode()) <= LONGEST_KEPT:
                places[(dialogue, address)].add(where[:200])
    return {key: sorted(named)[:MOST_PLACES] for key, named in places.items()}


def _some_time(now: datetime) -> datetime:
    return now + random.random() * SPREAD  # no secret
