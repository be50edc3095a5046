"""What would make a date earlier: each way is tried, and only what helps is told."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from odoo.fields import Date, Datetime
from odoo.tools import formatLang

from .. import engine
from .access import order_name
from .answer import Answer
from .clock import from_seconds, to_seconds
from .days import WEEKDAY, format_day
from .figures import format_number
from .ladder import Ladder
from .prices import price_of
from .structure import Vendor
from .whatif import Change, WhatIf

HOUR = 3600
DAY = 24 * HOUR
# What is less is no help.
LEAST_GAIN = HOUR
# More in one evening wears people out.
MAX_OVERTIME = 4 * HOUR
# A shorter break between two working times is no night.
NIGHT = 6 * HOUR
# Beyond that nobody reads them, and trying takes time.
MAX_OVERTIME_SPANS = 12
MAX_LATER_DEMANDS = 5


@dataclass(frozen=True, slots=True)
class Lever:
    """Something that would make the date earlier.

    :param answer: the answer as it would be.
    :param cost: in the company's currency; ``None`` when it is not known.
    :param details: more of the public dictionary.
    """

    kind: str
    text: str
    answer: Answer
    cost: float | None = None
    details: dict[str, Any] = field(default_factory=dict)


class LeverFinder:
    """Looks for what would make the date of a request earlier.

    :param env: the environment of the user who asks: his language and time zone.
    :param ladder: of the same request.
    """

    def __init__(self, env, whatif: WhatIf, ladder: Ladder):
        self.env = env
        self._whatif = whatif
        self._ladder = ladder
        self._base = whatif.base
        self._company = whatif.request.company

    def find(self) -> list[dict]:
        """The public dictionaries of all that helps: most days first, then cheapest.

        None for a date that is as requested already, or when there is no date at all.
        """
        base = self._base
        if not base.feasible or (base.network.request.requested and base.on_request):
            return []
        levers = [
            lever
            for find in (
                self._overtime,
                self._vendors,
                self._workcenters,
                self._receipts,
                self._later_demands,
                self._parts,
            )
            for lever in find()
            if self._gain(lever.answer) >= LEAST_GAIN
        ]
        return [self._as_dict(lever) for lever in sorted(levers, key=self._rank)]

    def _gain(self, answer: Answer) -> float:
        """Seconds by which an answer is earlier than as things are."""
        if not answer.feasible:
            return 0
        return (self._base.promise_date - answer.promise_date).total_seconds()

    def _rank(self, lever: Lever):
        return -self._gain(lever.answer), lever.cost or 0.0, lever.text

    def _as_dict(self, lever: Lever) -> dict:
        return {
            "kind": lever.kind,
            "text": lever.text,
            "promise_date": Datetime.to_string(lever.answer.promise_date),
            "days": round(self._gain(lever.answer) / DAY, 1),
            "cost": lever.cost if lever.cost is not None else False,
            "cost_text": self._money(lever.cost),
            **lever.details,
        }

    @cached_property
    def _critical(self) -> list[engine.Step]:
        return [step for step in self._base.plan.steps if step.critical]

    # Overtime

    def _overtime(self) -> Iterator[Lever]:
        """On each work center of the critical path: evenings, or days off."""
        for center_id in self._critical_centers:
            for spans in (self._evenings(center_id), self._days_off(center_id)):
                if spans:
                    yield self._work_longer(center_id, spans)

    @cached_property
    def _critical_centers(self) -> list[int]:
        centers = (step.resource for step in self._critical)
        return sorted({center for center in centers if center is not None})

    def _nights(self, center_id) -> Iterator[tuple[int, int]]:
        """``(closes, opens)`` of all nights until the order is finished."""
        spans = self._whatif.spans(center_id)
        until = self._base.plan.finish
        for (_opens, closes), (opens, _closes) in zip(spans, spans[1:], strict=False):
            if self._whatif.now < opens and closes < until and opens - closes >= NIGHT:
                yield closes, opens

    def _evenings(self, center_id):
        spans = (
            (max(closes, self._whatif.now), min(closes + MAX_OVERTIME, opens))
            for closes, opens in self._nights(center_id)
        )
        return tuple(span for span in spans if span[0] < span[1])

    def _days_off(self, center_id):
        """On days without working time: the hours of the last day before them."""
        worked = self._whatif.spans(center_id)
        spans = set()
        for closes, opens in self._nights(center_id):
            last_day = [span for span in worked if closes - DAY < span[0] < closes]
            for days in range(1, (opens - closes) // DAY + 1):
                shifted = [
                    (start + days * DAY, end + days * DAY) for start, end in last_day
                ]
                spans.update(
                    span
                    for span in shifted
                    if span[1] + NIGHT <= opens and span[0] >= self._whatif.now
                )
        return tuple(sorted(spans))

    def _work_longer(self, center_id, spans) -> Lever:
        used, answer = self._least_overtime(center_id, spans)
        center = self._center(center_id)
        seconds = sum(end - start for start, end in used)
        return Lever(
            kind="overtime",
            text=self._describe_overtime(center, seconds, used),
            answer=answer,
            cost=center.costs_hour * seconds / HOUR or None,
            details={
                "workcenter_id": center_id,
                "overtime": [
                    {"start": _string(start), "finish": _string(end)}
                    for start, end in used
                ],
            },
        )

    def _describe_overtime(self, center, seconds, spans):
        # Several pieces of work on one evening are one evening.
        days = dict.fromkeys(self._day(start) for start, _end in spans)
        values = {"workcenter": center.display_name, "days": "; ".join(days)}
        if seconds < HOUR:
            return self.env._(
                "%(minutes)d minutes of overtime on %(workcenter)s: %(days)s.",
                minutes=max(round(seconds / 60), 1),
                **values,
            )
        hours = round(seconds / HOUR, 1)
        if hours == 1:
            return self.env._(
                "1 hour of overtime on %(workcenter)s: %(days)s.", **values
            )
        return self.env._(
            "%(hours)s hours of overtime on %(workcenter)s: %(days)s.",
            hours=formatLang(self.env, hours, digits=int(hours != int(hours))),
            **values,
        )

    def _least_overtime(self, center_id, spans):
        """Of overtime that would be possible, what the plan cannot do without."""
        answer = self._plan_overtime(center_id, spans)
        used = self._clip(answer, center_id, spans)
        answer = self._plan_overtime(center_id, used)
        for span in used[:MAX_OVERTIME_SPANS]:
            fewer = tuple(one for one in used if one != span)
            other = self._plan_overtime(center_id, fewer)
            if self._gain(other) >= self._gain(answer):
                used, answer = self._clip(other, center_id, fewer), other
        return used, answer

    def _plan_overtime(self, center_id, spans) -> Answer:
        return self._whatif.plan(Change(overtime={center_id: spans}))

    def _clip(self, answer, center_id, spans):
        """The parts of spans in which a plan works on a center."""
        parts = {
            (max(step.start, start), min(step.finish, end))
            for step in answer.plan.steps
            if step.resource == center_id
            for start, end in spans
        }
        return tuple(sorted(part for part in parts if part[0] < part[1]))

    # Vendors

    def _vendors(self) -> Iterator[Lever]:
        """For each bought part of the critical path: who else sells it."""
        for step in self._critical:
            component = self._base.network.components.get(step.key)
            if step.kind == engine.StepKind.PURCHASE and component.vendor:
                yield from self._other_vendors(component)

    def _other_vendors(self, component) -> Iterator[Lever]:
        product = component.product.with_company(self._company)
        current = self._seller(component.vendor)
        partners = product._prepare_sellers(False).partner_id - current.partner_id
        for partner in partners:
            seller = product._select_seller(
                partner_id=partner,
                quantity=component.quantity,
                date=Date.context_today(product),
                uom_id=product.uom_id,
            )
            vendor = seller and component.records.vendor(seller)
            if vendor and vendor.lead_seconds < component.vendor.lead_seconds:
                yield self._buy_from(component, vendor, seller, current)

    def _buy_from(self, component, vendor: Vendor, seller, current) -> Lever:
        product = component.product
        more = price_of(seller, product, self._company)
        more -= price_of(current, product, self._company)
        cost = more * component.quantity
        return Lever(
            kind="vendor",
            text=self._describe_vendor(component, vendor),
            answer=self._whatif.plan(Change(vendors={component.path: vendor})),
            cost=self._company.currency_id.round(cost),
            details={"product_id": product.id, "partner_id": vendor.partner_id},
        )

    def _describe_vendor(self, component, vendor: Vendor) -> str:
        values = {
            "product": component.item.name,
            "vendor": vendor.name,
            "days": round(vendor.lead_seconds / DAY),
            "now": round(component.vendor.lead_seconds / DAY),
        }
        if values["days"] == 1:
            return self.env._(
                "%(product)s from %(vendor)s, in 1 day instead of %(now)d.", **values
            )
        return self.env._(
            "%(product)s from %(vendor)s, in %(days)d days instead of %(now)d.",
            **values,
        )

    def _seller(self, vendor: Vendor):
        return self._company.env["product.supplierinfo"].browse(vendor.supplierinfo_id)

    # Other work centers

    def _workcenters(self) -> Iterator[Lever]:
        """For each operation of the critical path: where else it might be done.

        Work centers that share a tag can do alike; core's alternatives count anyway.
        """
        for center_id in self._critical_centers:
            center = self._center(center_id)
            known = center | center.alternative_workcenter_ids
            others = center.search(
                [
                    ("tag_ids", "in", center.tag_ids.ids),
                    ("id", "not in", known.ids),
                    ("company_id", "in", [False, self._company.id]),
                ]
            )
            for other in others:
                yield from self._work_elsewhere(center, other)

    def _work_elsewhere(self, center, other) -> Iterator[Lever]:
        rates = {}
        for level in self._base.made_levels:
            for operation, record in zip(
                level.operations, level.operation_records, strict=True
            ):
                reachable = {mode.resource for mode in operation.modes}
                if center.id in reachable and other.id not in reachable:
                    rate = record._mto_get_rate(other, level.product, level.bom)
                    rates[operation.key] = rate
        answer = self._whatif.plan(Change(rates=rates))
        moved = [step for step in answer.plan.steps if step.resource == other.id]
        if not moved:
            return
        hours = sum(answer.seconds(step.key) for step in moved) / HOUR
        dearer = other.costs_hour - center.costs_hour
        yield Lever(
            kind="workcenter",
            text=self.env._(
                "%(operations)s on %(other)s instead of %(workcenter)s.",
                operations=", ".join(dict.fromkeys(step.name for step in moved)),
                other=other.display_name,
                workcenter=center.display_name,
            ),
            answer=answer,
            cost=dearer * hours if other.costs_hour and center.costs_hour else None,
            details={"workcenter_id": other.id},
        )

    def _center(self, center_id):
        return self._company.env["mrp.workcenter"].browse(center_id)

    # Material

    def _receipts(self) -> Iterator[Lever]:
        """For each receipt that the critical path waits for: if it came sooner."""
        for step in self._critical:
            move = self._movement(step.item, step.source)
            if move and move.time > self._whatif.now:
                yield self._expedite(step, move)

    def _movement(self, item, key) -> engine.Movement | None:
        stock = self._whatif.stocks.get(item)
        moves = stock.movements if stock and key else ()
        return next((move for move in moves if move.key == key), None)

    def _expedite(self, step, move) -> Lever:
        answer = self._whatif.plan(Change(arrivals={move.key: self._whatif.now}))
        needed = self._whatif.now
        if answer.feasible:
            # As late as that helps as much.
            latest = min(
                (one.start for one in answer.plan.steps if one.key == step.key),
                default=needed,
            )
            same = self._whatif.plan(Change(arrivals={move.key: latest}))
            if self._gain(same) >= self._gain(answer):
                needed, answer = latest, same
        return Lever(
            kind="expedite",
            text=self.env._(
                "%(receipt)s with %(product)s on %(needed)s instead of %(expected)s.",
                receipt=move.name,
                product=self._base.network.components[step.key].item.name,
                needed=self._day(needed),
                expected=self._day(move.time),
            ),
            answer=answer,
            details={"product_id": step.item[0], "needed_date": _string(needed)},
        )

    def _later_demands(self) -> Iterator[Lever]:
        """For each part that is waited for: what is kept for those who need it later.

        As few of them as make it earlier, the latest first.
        """
        for item in self._awaited_items:
            later = [
                move
                for move in self._whatif.stocks[item].movements
                if move.quantity < 0 and move.time > self._whatif.now
            ]
            later.sort(key=lambda move: (move.time, repr(move.key)), reverse=True)
            for count in range(1, min(len(later), MAX_LATER_DEMANDS) + 1):
                taken = later[:count]
                keys = frozenset(move.key for move in taken)
                answer = self._whatif.plan(Change(without=keys))
                if self._gain(answer) >= LEAST_GAIN:
                    yield self._take_from(item, taken, answer)
                    break

    @cached_property
    def _awaited_items(self) -> list[tuple]:
        """Stocked parts of the critical path that are not there at once."""
        components = self._base.network.components
        items = dict.fromkeys(
            component.stock_item
            for component in (components.get(step.key) for step in self._critical)
            if component and component.from_stock
        )
        return [item for item in items if item in self._whatif.stocks]

    def _take_from(self, item, moves, answer) -> Lever:
        product = self._company.env["product.product"].browse(item[0])
        names = list(dict.fromkeys(map(self._name_of_demand, moves)))
        return Lever(
            kind="stock",
            text=self.env._(
                "%(product)s that is kept for %(names)s, where it is needed on "
                "%(date)s.",
                product=product.display_name,
                names=", ".join(names),
                date=self._day(min(move.time for move in moves)),
            ),
            answer=answer,
            details={
                "product_id": product.id,
                "hurts": [self._name_of_demand(move) for move in moves],
            },
        )

    def _name_of_demand(self, move) -> str:
        """What is hurt; a quotation that is not the user's has no name."""
        kind, record_id = move.key
        if kind != "held":
            return move.name
        # Superuser: whose it is, is told below, or not.
        part = self.env["mto.promise.part"].sudo().browse(record_id)
        return order_name(part.order_id, self.env.user)

    # Parts

    def _parts(self) -> Iterator[Lever]:
        """What can be had sooner if the quantity is delivered in parts."""
        rungs = self._ladder.rungs
        if len(rungs) > 1:
            first, last = rungs[0], rungs[-1]
            yield Lever(
                kind="split",
                text=self.env._(
                    "%(part)s of %(all)s sooner, the last on %(date)s.",
                    part=format_number(self.env, first.quantity),
                    all=format_number(self.env, last.quantity),
                    date=self._day(to_seconds(last.moment)),
                ),
                answer=first.answer,
                details={"quantity": first.quantity},
            )

    # Words

    def _day(self, seconds) -> str:
        moment = Datetime.context_timestamp(
            self.env["mto.planner"], from_seconds(seconds)
        )
        return format_day(self.env, moment.date(), WEEKDAY)

    def _money(self, cost) -> str:
        if cost is None:
            return ""
        return formatLang(self.env, cost, currency_obj=self._company.currency_id)


def _string(seconds) -> str:
    return Datetime.to_string(from_seconds(seconds))
