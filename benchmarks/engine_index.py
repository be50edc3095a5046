"""Time the engine: from the rows of bookings in PostgreSQL to an index that answers.

Run with ``python benchmarks/engine_index.py``, where psycopg2 is; the environment
(PGHOST and friends) names the server. A scratch database is made and dropped.

The peer is the plain way: rows of datetimes, grouped by work center, mapped onto
working time by bisection, into sorted lists of gaps. Both index the same 100,000
bookings and answer one search on each work center; both find the same gaps.
"""

import random
import sys
from bisect import bisect_right
from collections import defaultdict
from datetime import datetime, timedelta
from io import StringIO

import psycopg2
from bench import DAY, HOUR, median, record, timed  # first: it finds the engine
from engine_promise import CENTERS, DAYS, make_resources

from mto_planning.engine import Bookings, Calendar, Resource, Shop, Span
from mto_planning.engine.axis import FORWARD

DATABASE = "mto_bench_engine_index"
EPOCH, FIRST = datetime(1970, 1, 1), datetime(2026, 1, 5)
OFFSET = int((FIRST - EPOCH).total_seconds())
BOOKINGS, WINDOW, NEED = 100_000, 90, 4 * HOUR
ROUNDS = 9
WHERE = """
    FROM resource_calendar_leaves
    WHERE resource_id IN %s AND time_type = 'other' AND date_to > %s AND date_from < %s
"""
ROWS = f"SELECT resource_id, date_from, date_to {WHERE}"
PACKED = f"""
    SELECT resource_id, string_agg(timestamp_send(date_from), ''),
           string_agg(timestamp_send(date_to), '')
    {WHERE} GROUP BY resource_id
"""


def main() -> None:
    """Make the data, compare the answers, time, record."""
    server = psycopg2.connect(dbname="postgres")
    server.autocommit = True
    run(server, f"DROP DATABASE IF EXISTS {DATABASE}")
    run(server, f"CREATE DATABASE {DATABASE} TEMPLATE template0")
    database = psycopg2.connect(dbname=DATABASE)
    database.autocommit = True
    try:
        resources = make_resources(random.Random(20), BOOKINGS)
        fill(database, resources)
        compare(Loader(database, resources))
    finally:
        database.close()
        run(server, f"DROP DATABASE {DATABASE}")


def run(connection, statement: str) -> None:
    """Execute one statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def fill(database, resources: list[Resource]) -> None:
    """Bookings in the order in which they were planned: weeks before they start."""
    run(
        database,
        """
        CREATE TABLE resource_calendar_leaves (
            id serial PRIMARY KEY, company_id int, calendar_id int, resource_id int,
            create_uid int, write_uid int, name varchar, time_type varchar,
            date_from timestamp NOT NULL, date_to timestamp NOT NULL,
            create_date timestamp, write_date timestamp);
        CREATE INDEX ON resource_calendar_leaves (calendar_id);
        CREATE INDEX ON resource_calendar_leaves (resource_id);
        """,
    )
    dice = random.Random(21)
    rows = [(one.key, *booking) for one in resources for booking in one.bookings]
    rows.sort(key=lambda row: row[1] - dice.randrange(60 * DAY))
    lines = (
        f"1\t{key % 5}\t{key}\tWH/MO/{number:05}\tother\t{at(start)}\t{at(end)}\n"
        for number, (key, start, end) in enumerate(rows)
    )
    columns = (
        "company_id, calendar_id, resource_id, name, time_type, date_from, date_to"
    )
    with database.cursor() as cursor:
        cursor.copy_expert(
            f"COPY resource_calendar_leaves ({columns}) FROM STDIN",
            StringIO("".join(lines)),
        )
        cursor.execute("ANALYZE resource_calendar_leaves")


def at(seconds: int) -> datetime:
    """A moment of the generated shop as a timestamp."""
    return FIRST + timedelta(seconds=seconds)


class Loader:
    """The two ways from rows to an answer."""

    def __init__(self, database, resources: list[Resource]) -> None:
        """Keep what both are given: a connection and the calendars."""
        self.database = database
        spans = resources[0].calendar.spans
        spans = tuple((opens + OFFSET, closes + OFFSET) for opens, closes in spans)
        self.calendars = {one.key: Calendar(one.key % 5, spans) for one in resources}

    def fetch(self, query: str, days: int) -> list[tuple]:
        """The rows of the next days."""
        with self.database.cursor() as cursor:
            cursor.execute(query, (tuple(self.calendars), FIRST, at(days * DAY)))
            return cursor.fetchall()

    def ours(self, days: int) -> dict[int, Span]:
        """One row for each center, read by the engine."""
        shop = self.shop(days)
        return {
            key: shop.center(key).find(OFFSET, NEED, FORWARD)[:2]
            for key in range(CENTERS)
        }

    def shop(self, days: int) -> Shop:
        """The engine's index."""
        booked = {
            key: Bookings.unpack(starts, ends)
            for key, starts, ends in self.fetch(PACKED, days)
        }
        return Shop(
            [
                Resource(key, calendar, booked.get(key, ()))
                for key, calendar in self.calendars.items()
            ]
        )

    def plain(self, days: int) -> dict[int, Span]:
        """A row for each booking."""
        axes, gaps = self.plain_index(days)
        found = {}
        for key, (starts, ends) in gaps.items():
            opens, before, _closes = axes[self.calendars[key].key]
            for start, end in zip(starts, ends, strict=True):
                if end - start >= NEED:
                    first = bisect_right(before, start) - 1
                    last = bisect_right(before, start + NEED - 1) - 1
                    found[key] = (
                        opens[first] + start - before[first],
                        opens[last] + start + NEED - before[last],
                    )
                    break
        return found

    def plain_index(self, days: int) -> tuple[dict, dict]:
        """Openings and work before them by calendar, sorted gaps by work center."""
        axes = {}
        for calendar in self.calendars.values():
            if calendar.key not in axes:
                axes[calendar.key] = make_axis(calendar)
        bookings = defaultdict(list)
        for key, start, end in self.fetch(ROWS, days):
            bookings[key].append((to_seconds(start), to_seconds(end)))
        gaps = {}
        for key, calendar in self.calendars.items():
            gaps[key] = make_gaps(sorted(bookings[key]), *axes[calendar.key])
        return axes, gaps


def to_seconds(moment: datetime) -> int:
    """Since the epoch."""
    return int((moment - EPOCH).total_seconds())


def make_axis(calendar: Calendar) -> tuple[list[int], list[int], list[int]]:
    """When it opens, how much was worked before, when it closes."""
    opens, before, closes, total = [], [], [], 0
    for start, end in calendar.spans:
        opens.append(start)
        before.append(total)
        closes.append(end)
        total += end - start
    return opens, before, closes


def make_gaps(
    bookings: list[Span], opens: list[int], before: list[int], closes: list[int]
) -> tuple[list[int], list[int]]:
    """What sorted bookings leave free of working time."""

    def work(moment: int) -> int:
        index = bisect_right(opens, moment) - 1
        if index < 0:
            return 0
        return before[index] + min(moment, closes[index]) - opens[index]

    starts, ends, free = [], [], 0
    for start, end in bookings:
        busy = work(start)
        if busy > free:
            starts.append(free)
            ends.append(busy)
        free = max(work(end), free)
    total = work(closes[-1])
    if total > free:
        starts.append(free)
        ends.append(total)
    return starts, ends


def compare(loader: Loader) -> None:
    """The same gaps first, then the times."""
    for days in (DAYS, WINDOW):
        _axes, gaps = loader.plain_index(days)
        shop = loader.shop(days)
        for key, (starts, ends) in gaps.items():
            found = free_time(shop, key)
            assert found == list(zip(starts, ends, strict=True)), key
        assert loader.ours(days) == loader.plain(days)
    windows = [DAYS // 8, DAYS // 4, DAYS // 2, DAYS]
    calls = {
        "plain": lambda: loader.plain(DAYS),
        "ours": lambda: loader.ours(DAYS),
        "ours, next 90 days": lambda: loader.ours(WINDOW),
        "ours, every gap mapped": lambda: map_all(loader.shop(DAYS)),
        **{days: lambda days=days: loader.ours(days) for days in windows},
    }
    times = {name: median(taken) for name, taken in timed(calls, ROUNDS).items()}
    ratios = {name: round(times["plain"] / times[name], 2) for name in list(times)[1:4]}
    growth = [
        {"days_of_bookings": days, "milliseconds": round(times[days] * 1000, 2)}
        for days in windows
    ]
    report = {name: round(times[name] * 1000, 2) for name in list(times)[:4]}
    record(
        "engine_index",
        {
            "bookings": BOOKINGS,
            "centers": CENTERS,
            "milliseconds": report,
            "times_faster_than_plain": ratios,
            "growth": growth,
        },
    )
    for name, taken in report.items():
        print(f"{name:24} {taken:8.1f} ms {ratios.get(name, 1):6.2f} x faster")
    for row in growth:
        print(f"{row['days_of_bookings']:4} days {row['milliseconds']:8.1f} ms")
    if ratios["ours"] < 3.5 or ratios["ours, next 90 days"] < 10:
        sys.exit("slower than it should be: 3.5 x, and 10 x for the next 90 days")


def free_time(shop: Shop, key: int) -> list[Span]:
    """The gaps of a work center."""
    (layer,) = shop.center(key)._layers
    return list(layer)


def map_all(shop: Shop) -> None:
    """Look at every gap, as no search does."""
    for key in range(CENTERS):
        free_time(shop, key)


if __name__ == "__main__":
    main()
