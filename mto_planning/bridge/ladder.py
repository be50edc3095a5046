"""How many can be had by when."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from odoo.fields import Datetime

from .answer import Answer
from .whatif import Change, WhatIf

# Nobody wants to unload more often than that for one line.
MAX_PARTS = 4


class Rung(NamedTuple):
    """So many, counted from the first, can be there at a moment.

    :param answer: of the part that makes it so many.
    """

    quantity: float
    moment: datetime
    answer: Answer


class Ladder:
    """The offers for a quantity that is delivered in parts.

    :param env: the environment of the user who asks: his time zone says what a day is.
    """

    def __init__(self, env, whatif: WhatIf):
        self.env = env
        self._whatif = whatif

    def find(self) -> list[dict]:
        """The rungs as public dictionaries."""
        return [
            {
                "quantity": rung.quantity,
                "promise_date": Datetime.to_string(rung.moment),
            }
            for rung in self.rungs
        ]

    @cached_property
    def rungs(self) -> list[Rung]:
        """With growing quantities and dates; the last has it all.

        Parts that come on the same day are one. None when there is no date.
        """
        requests = self._requests()
        answers = self._whatif.plan_all(Change(requests=tuple(requests)))
        rungs, total, moment = [], 0.0, datetime.min
        for request, answer in zip(requests, answers, strict=True):
            if not answer.feasible:
                return []
            total = request.uom.round(total + request.quantity)
            moment = max(moment, answer.promise_date)
            if rungs and self._is_same_day(rungs[-1].moment, moment):
                rungs.pop()
            rungs.append(Rung(total, moment, answer))
        return rungs

    def _requests(self):
        """The request in up to so many nearly equal parts that can be delivered."""
        request = self._whatif.request
        step = max(request.uom.rounding, 1.0)
        count = max(1, min(MAX_PARTS, int(request.quantity / step)))
        marks = [
            request.quantity * part / count // step * step for part in range(count)
        ]
        marks.append(request.quantity)
        return [
            request.of_part((request.key, part), request.uom.round(end - start))
            for part, (start, end) in enumerate(zip(marks, marks[1:], strict=False))
        ]

    def _is_same_day(self, one, other) -> bool:
        days = {
            Datetime.context_timestamp(self.env["mto.planner"], moment).date()
            for moment in (one, other)
        }
        return len(days) == 1 and other - one < timedelta(days=1)
