"""The tables that the bench prints, and what is to be reached. Ratios and counts only: they hold on any machine."""

from collections.abc import Iterable
from dataclasses import dataclass

from bench.counting import Cost, Lists
from bench.databases import Databases
from bench.pages import LISTS, Reader, Visit
from bench.throughput import Measured

BARE = {
    Reader.PUBLIC: "A, a bare view of Django = 1",
    Reader.OFFICIAL: "B, a bare view of Django with session and user = 1",
}
LEAST_OPEN, LEAST_RESTRICTED, LEAST_UNCHANGED, MOST_LOCKED = 0.44, 0.5, 1.3, 1.5


@dataclass(frozen=True)
class Results:
    """`profiles`: how many there are in the loaded world and in the crowd."""

    made: Databases
    profiles: tuple[int, int]
    costs: dict[tuple[Reader, Visit], Cost]
    first: Measured
    later: Measured
    lists: Lists

    def of(self, visit: Visit) -> Measured:
        return self.first if visit is Visit.FIRST else self.later

    def time_with_lock(self, reader: Reader, visit: Visit, locked: str, unlocked: str) -> float:
        """What a visit takes with row-level security, as a multiple of what it takes without."""
        cases = self.of(visit).sections
        return cases[reader, visit, unlocked].ratio_to(cases[reader, visit, locked])


def sections_table(results: Results, reader: Reader) -> Iterable[str]:
    few, many = results.profiles
    yield f"A section for {reader}: requests a second, {BARE[reader]}"
    yield (
        f"{'':<29}{'queries':>9}{'bytes':>9}{f'{few:,} profiles':>15}{'no lock':>9}{f'{many:,} profiles':>16}"
        f"{'no lock':>9}{'CPU':>7}"
    )
    for visit in Visit:
        cost, measured = results.costs[reader, visit], results.of(visit)
        ratios = [measured.ratio(reader, visit, name) for name in results.made.names]
        thrift = measured.thrift(reader, visit, results.made.world)
        yield (
            f"  {visit:<27}{cost.queries:>9}{cost.length:>9,}{ratios[0]:>15.2f}{ratios[1]:>9.2f}{ratios[2]:>16.2f}"
            f"{ratios[3]:>9.2f}{thrift:>7.2f}"
        )


def lists_table(results: Results) -> Iterable[str]:
    few, many = results.profiles
    made, lists = results.made, results.lists
    yield "Lists: queries, time as a multiple"
    yield (
        f"{'':<37}{f'at {few:,}':>9}{f'at {many:,}':>10}{'time':>8}{f'lock at {few:,}':>13}{f'lock at {many:,}':>15}"
    )
    for page in LISTS:
        for reader in Reader:
            world, unlocked, crowd, crowd_unlocked = (lists[page, reader, name] for name in made.names)
            yield (
                f"  {page + ', ' + reader:<35}{world.cost.queries:>9}{crowd.cost.queries:>10}"
                f"{crowd.ratio_to(world):>7.1f}×{world.ratio_to(unlocked):>12.2f}×"
                f"{crowd.ratio_to(crowd_unlocked):>14.2f}×"
            )


def targets(results: Results) -> Iterable[str]:
    made, later = results.made, results.later
    open_page = later.ratio(Reader.PUBLIC, Visit.REPEAT, made.world)
    restricted = later.ratio(Reader.OFFICIAL, Visit.REPEAT, made.world)
    yield at_least("restricted section, official, repeat visit", restricted, LEAST_RESTRICTED, " B")
    yield at_least("open section, public, repeat visit", open_page, LEAST_OPEN, " A")
    for reader in Reader:
        same, other = (later.sections[reader, visit, made.world] for visit in (Visit.UNCHANGED, Visit.REPEAT))
        yield at_least(f"304 beside 200, {reader}", same.ratio_to(other), LEAST_UNCHANGED, " ×")
    for visit in (Visit.REPEAT, Visit.FIRST):
        worst = max(
            results.time_with_lock(reader, visit, locked, unlocked)
            for reader in Reader
            for locked, unlocked in ((made.world, made.open), (made.crowd, made.crowd_open))
        )
        yield at_most(f"the lock, sections, {visit}, worst", worst, MOST_LOCKED, " ×")
    worst, page = max(
        (results.lists[page, reader, locked].ratio_to(results.lists[page, reader, unlocked]), f"{page}, {reader}")
        for page in LISTS
        for reader in Reader
        for locked, unlocked in ((made.world, made.open), (made.crowd, made.crowd_open))
    )
    yield at_most(f"the lock, lists, worst ({page})", worst, MOST_LOCKED, " ×")
    grown = [
        page
        for page in LISTS
        for reader in Reader
        if results.lists[page, reader, made.crowd].cost.queries > results.lists[page, reader, made.world].cost.queries
    ]
    yield f"  {'missed ' if grown else 'reached'}  queries of lists do not grow with profiles{': ' + ', '.join(grown) if grown else ''}"


def at_least(what: str, value: float, least: float, unit: str) -> str:
    return f"  {'reached' if value >= least else 'missed '}  {what}: {value:.2f}{unit}, at least {least}"


def at_most(what: str, value: float, most: float, unit: str) -> str:
    return f"  {'reached' if value <= most else 'missed '}  {what}: {value:.2f}{unit}, at most {most}"
