"""What must hold of every plan and of all that was done, whatever the planner."""

from collections import defaultdict


class WrongError(AssertionError):
    """A plan or a day that cannot be."""


def check_plan(floor, now, staying, pending) -> None:
    """No double booking, working time, sequence and parts of a new plan."""
    axis, on_center = floor.year.axis, defaultdict(list)
    moved = set(pending)
    for work in moved:
        start, finish = work.planned
        if axis.work(finish) - axis.work(start) != work.seconds or start < now:
            raise WrongError(f"{work.key}: not its working time: {work.planned}")
        on_center[work.center].append((axis.work(start), axis.work(finish), work))
        _check_before(work, now)
    for work in staying:
        if work.planned and work.planned[1] > now:
            span = (axis.work(max(now, work.planned[0])), axis.work(work.planned[1]))
            on_center[work.center].append((*span, work))
    for rows in on_center.values():
        rows.sort(key=lambda row: row[:2])
        for (_s, end, one), (start, _e, other) in zip(rows, rows[1:], strict=False):
            if start < end and (one in moved or other in moved):
                raise WrongError(f"{one.key} and {other.key}: booked twice")


def _check_before(work, now) -> None:
    making, start = work.level, work.planned[0]
    index = making.works.index(work)
    before = (
        making.works[index - 1 : index]
        if index
        else [child.works[-1] for child in making.children]
    )
    for one in before:
        if not one.done and one.planned[1] > start:
            raise WrongError(f"{work.key} before {one.key}")
    if not index:
        for part in making.parts:
            if not part.here:
                there = part.expected or part.order_by + part.buy.days * 86400
                if max(there, now) > start:
                    raise WrongError(f"{work.key} before its part {part.key}")


def check_done(floor) -> None:
    """The same of all that was really done."""
    on_center = defaultdict(list)
    for work in floor.executed:
        axis = floor.year.up[work.center]
        if axis.work(work.ends) - axis.work(work.started) != work.takes:
            raise WrongError(f"{work.key}: not the time that it takes")
        on_center[work.center].append((work.started, work.ends, work))
        making = work.level
        index = making.works.index(work)
        ends = (
            [making.works[index - 1].ends]
            if index
            else [
                *(child.works[-1].ends for child in making.children),
                *(part.expected + part.delay for part in making.parts),
            ]
        )
        if max(ends, default=0) > work.started:
            raise WrongError(f"{work.key}: begun before it could be")
    for rows in on_center.values():
        rows.sort(key=lambda row: row[:2])
        for (_s, end, one), (start, _e, other) in zip(rows, rows[1:], strict=False):
            if start < end:
                raise WrongError(f"{one.key} and {other.key}: at once on one center")
