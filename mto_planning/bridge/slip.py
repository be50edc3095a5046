"""When work is done that cannot be done when it is planned."""

from .. import engine
from ..engine.axis import FORWARD, Axis
from .clock import from_seconds, to_seconds

PENDING_STATES = ("blocked", "ready")
MINUTE = 60


class Timetable:
    """When work centers are open; read once for all lines that are measured together.

    :param loader: a ``ShopLoader``.
    :param now: in seconds: nothing is done earlier.
    """

    def __init__(self, loader, now, workcenter_ids):
        self.loader = loader
        self.now = now
        self._axes, self._back = {}, {}
        for center_id, (calendar, back) in loader.timetables(workcenter_ids).items():
            self._axes[center_id] = Axis(calendar.spans)
            self._back[center_id] = self.now if back is None else back

    def back(self, center_id):
        """From when on a center can be used, in seconds: now, if it is not blocked."""
        return self._back[center_id]

    def is_open(self, center_id, start, finish, seconds):
        """Whether planned work has its working time where it stands.

        What was given less time by hand than its formula says has its time there, too.
        """
        axis = self._axes[center_id]
        opened = axis.work(finish) - axis.work(start)
        return opened + MINUTE >= min(seconds, finish - start)


class Slip:
    """Places the open work of one order line where it can be done as things stand.

    Work that can be done when it is planned stays there. What cannot takes the earliest
    free capacity, behind work of others that has waited longer for the same center; the
    bookings of all others stay. It is a look ahead, not a plan: nothing is written.

    :param timetable: the ``Timetable``, with the centers of all the work.
    :param workorders: the open work orders of the line, as superuser.
    """

    def __init__(self, timetable, workorders):
        self._timetable = timetable
        self._open = workorders.filtered(lambda one: one.state in PENDING_STATES)
        self._placed = workorders.browse()
        self._shop = None
        self._waiting = {}

    def finish(self, workorder, ready):
        """When work is done that may begin at a moment; and why it has to wait.

        :param ready: naive UTC; what comes before it is done, and its parts are here.
        :return: ``(naive UTC, reason)``: ``"blocked"``, ``"closed"``, or ``False``
            when the center is not the reason.
        """
        reason = self._get_reason(workorder)
        if not self._shop and not reason and _is_in_time(workorder, ready):
            self._placed |= workorder
            return workorder.date_finished, False
        return self._place(workorder, ready, reason), reason

    def back(self, workorder):
        """When its work center can be used again; ``None`` if it can be now."""
        back = self._timetable.back(workorder.workcenter_id.id)
        return from_seconds(back) if back > self._timetable.now else None

    def _get_reason(self, workorder):
        """What keeps a work center from doing work when it is planned."""
        if not workorder.date_start:
            return False
        center_id, timetable = workorder.workcenter_id.id, self._timetable
        start, finish = _span(workorder)
        back = timetable.back(center_id)
        if back > timetable.now and start < back:
            return "blocked"
        if start < timetable.now:
            # It is late; whether it was open then does not matter any more.
            return False
        seconds = _seconds(workorder)
        is_open = timetable.is_open(center_id, start, finish, seconds)
        return False if is_open else "closed"

    def _place(self, workorder, ready, reason):
        if not self._shop:
            self._load()
        center = self._shop.center(workorder.workcenter_id.id)
        self._let_pass(center, workorder)
        start = workorder.date_start
        bound = max(to_seconds(ready), self._timetable.now)
        if start:
            bound = max(bound, to_seconds(start))
        slot = center.find(bound, _seconds(workorder), FORWARD)
        if slot is None:
            # No time within two years: as late as anybody looks ahead.
            return max(ready, self._timetable.loader.end)
        center.book(slot)
        if start and slot.start == to_seconds(start) and not reason:
            # As planned, also where that is not what its formula says.
            return workorder.date_finished
        return from_seconds(slot.finish)

    def _load(self):
        """The shop as if the line's other work, and what is stuck, had no time yet."""
        waiting = self._open - self._placed
        centers = waiting.workcenter_id
        self._waiting = self._get_stuck(waiting, centers)
        stuck = [leave for rows in self._waiting.values() for *_row, leave in rows]
        without = {*waiting.leave_id.ids, *stuck}
        self._shop = engine.Shop(self._timetable.loader.resources(centers.ids, without))

    def _get_stuck(self, waiting, centers):
        """What others have planned before the line's work and not done.

        :return: ``{center id: [(start, finish, seconds, leave id)]}``, the last first.
        """
        planned = waiting.filtered("date_start")
        last = max(planned.mapped("date_start"), default=None)
        if not last:
            return {}
        others = waiting.search(
            [
                ("workcenter_id", "in", centers.ids),
                ("state", "in", PENDING_STATES),
                ("leave_id", "!=", False),
                ("leave_id.date_from", "<", last),
                ("id", "not in", self._open.ids),
            ]
        )
        stuck = {}
        for other in others.sorted("date_start", reverse=True):
            if self._is_stuck(other):
                row = (*_span(other), _seconds(other), other.leave_id.id)
                stuck.setdefault(other.workcenter_id.id, []).append(row)
        return stuck

    def _is_stuck(self, workorder):
        start, _finish = _span(workorder)
        return start < self._timetable.now or bool(self._get_reason(workorder))

    def _let_pass(self, center, workorder):
        """Give capacity to those who have waited longer."""
        rows = self._waiting.get(center.key, [])
        start = workorder.date_start
        while rows and start and rows[-1][0] < to_seconds(start):
            begin, _finish, seconds, _leave = rows.pop()
            slot = center.find(max(begin, self._timetable.now), seconds, FORWARD)
            if slot:
                center.book(slot)


def _is_in_time(workorder, ready):
    return bool(workorder.date_start and workorder.date_finished) and (
        ready <= workorder.date_start
    )


def _span(workorder):
    return to_seconds(workorder.date_start), to_seconds(workorder.date_finished)


def _seconds(workorder):
    return round(workorder.duration_expected * 60)
