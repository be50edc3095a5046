"""The engine's plan in the words and forms that people and programs get."""

from collections.abc import Hashable
from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

from odoo.fields import Datetime
from odoo.tools import format_duration

from .. import engine
from .clock import from_seconds, to_seconds
from .days import format_day
from .figures import format_number
from .network import Component, Network
from .structure import Safety


class Share(NamedTuple):
    """A part of a component, and how the plan comes by it.

    :param supply: ``stock``, or ``order``: made or bought for the request.
    :param quantity: in the product's own unit.
    """

    supply: str
    quantity: float


class Answer:
    """The plan of one network, with names, dates and the reason.

    :param env: the environment of the user who asked: his language and time zone.
    """

    # Of a ``Draft`` it is true.
    is_draft = False

    def __init__(self, env, network: Network, plan: engine.DemandPlan):
        self.env = env
        self.network = network
        self.plan = plan

    @property
    def line(self):
        """The ``sale.order.line`` that asked, if one did."""
        return self.network.request.line

    # Dates

    @property
    def feasible(self) -> bool:
        """Whether there is any date at all."""
        return self.plan.feasible

    @property
    def promise_date(self):
        """What the customer is told: what he asked for, if that can be kept."""
        requested, safe = self.network.request.requested, self._safe_date
        return max(safe, requested) if safe and requested else safe

    @property
    def _safe_date(self):
        """The planned delivery and the safety; at a time at which somebody works."""
        return self._moment(self._after_plan(self.safety.seconds))

    def _after_plan(self, seconds):
        """So many seconds of working days after the plan; ``None`` without one."""
        finish = self.plan.finish
        return finish and self._days.workdays.after(finish, seconds)

    @property
    def _days(self):
        return self.network.builder.days

    @property
    def planned_date(self):
        """When the customer has it by the plan; ``None`` without one."""
        return self._moment(self.plan.finish)

    @property
    def on_request(self) -> bool:
        """Whether the date that the customer is told is not after the requested one."""
        requested = self.network.request.requested
        if not (requested and self.feasible):
            return self.plan.on_request
        return self.promise_date <= requested

    @cached_property
    def safety(self) -> Safety:
        """That of what sets the date, if it is known, else that of the product.

        Of an order that is planned so long ahead as this one, or is asked for so late.
        """
        safeties, constraint = self.network.structure.safeties, self.plan.constraint
        safety = None
        if constraint.kind == engine.ConstraintKind.CAPACITY:
            safety = safeties.by_center.get(constraint.resource)
        elif self.constraint_vendor:
            safety = safeties.by_vendor.get(self.constraint_vendor.partner_id)
        safety, finish = safety or safeties.usual, self.plan.finish
        requested = self.network.request.requested
        until = max(finish or 0, to_seconds(requested) if requested else 0)
        return safety.ahead(self._days.lead(until)) if finish else safety

    @property
    def constraint_vendor(self):
        """The vendor that sets the date, if one does."""
        constraint = self.plan.constraint
        component = self.network.components.get(constraint.step)
        if constraint.kind != engine.ConstraintKind.LEAD_TIME or not component:
            return None
        return None if component.made else component.vendor

    @property
    def shipping_date(self):
        """When the delivery's core date is: the plan's less the security lead."""
        finish = self.plan.finish
        return self._moment(finish and finish - self.network.security_seconds)

    @property
    def latest_start(self):
        """When the first step must begin at the latest."""
        return self._moment(self.plan.latest_start)

    def _moment(self, seconds):
        return None if seconds is None else from_seconds(seconds)

    # Stock, and what is made or bought

    def shares(self, component: Component) -> list[Share]:
        """How the plan comes by a component: one share, or two if stock gives a part.

        :param component: as much of it as the level above needs.
        """
        ordered = self._ordered(component)
        if not ordered:
            return [Share("stock", component.quantity)]
        if ordered is component:
            return [Share("order", component.quantity)]
        taken = self._taken_from_stock(component)
        return [Share("stock", taken), Share("order", ordered.quantity)]

    def supply(self, component: Component) -> str:
        """How the plan comes by a component: ``stock``, ``order`` or ``both``."""
        shares = self.shares(component)
        return shares[0].supply if len(shares) == 1 else "both"

    def _ordered(self, component: Component) -> Component | None:
        """As much of a component as is made or bought for this request."""
        taken = self._taken_from_stock(component)
        if taken >= component.quantity:
            return None
        if not taken:
            return component
        return self.network.builder.part_of(component, component.quantity - taken)

    def _taken_from_stock(self, component: Component) -> float:
        """Without a plan stock is to supply what it usually supplies."""
        if component.is_always_there:
            return component.quantity
        if not self.feasible:
            usual = component.from_stock and not component.part.is_netted
            return component.quantity if usual else 0.0
        return self._taken.get(component.path, 0.0)

    @cached_property
    def _taken(self) -> dict[Hashable, float]:
        return {
            step.key: step.quantity
            for step in self.plan.steps
            if step.kind == engine.StepKind.STOCK
        }

    # Levels

    @cached_property
    def ordered(self) -> dict[Hashable, Component]:
        """All that is made or bought for this request by its key, parents first."""
        ordered, waiting = {}, list(reversed(self.network.roots))
        while waiting:
            component = self._ordered(waiting.pop())
            if component:
                ordered[component.path] = component
                if component.made:
                    waiting += reversed(component.made.components)
        return ordered

    @property
    def made_levels(self):
        """The levels that are made for this request, parents first."""
        return [one.made for one in self.ordered.values() if one.made]

    def spans(self):
        """``{operation key: (start, finish, work center id)}`` as planned."""
        return {
            key: (from_seconds(step.start), from_seconds(step.finish), step.resource)
            for key, step in self._operations.items()
        }

    def seconds(self, operation_key) -> int:
        """Working seconds of an operation on the work center that it was given."""
        step = self._operations[operation_key]
        return next(
            mode.seconds
            for level in self.made_levels
            for operation in level.operations
            for mode in operation.modes
            if operation.key == operation_key and mode.resource == step.resource
        )

    def takes(self):
        """``(product id, warehouse id, quantity, moment)`` of what stock gives."""
        for step in self.plan.steps:
            if step.kind == engine.StepKind.STOCK:
                yield *step.item, step.quantity, from_seconds(step.start)

    @cached_property
    def _operations(self):
        return {
            step.key: step
            for step in self.plan.steps
            if step.kind == engine.StepKind.OPERATION
        }

    def level_span(self, level):
        """``(start, finish)`` of a made level: its first start and last finish.

        ``(False, False)`` when there is no plan.
        """
        if not self.feasible:
            return False, False
        steps = [step for step in self.plan.steps if step.job == level.path]
        own = self._own_steps(level, steps) or steps
        return (
            from_seconds(min(step.start for step in own)),
            from_seconds(max(step.finish for step in own)),
        )

    def _own_steps(self, level, steps):
        """The making itself: without fetching the components and storing it."""
        kind = engine.StepKind.OPERATION if level.operations else engine.StepKind.WAIT
        own = [step for step in steps if step.kind == kind]
        if not level.operations:
            own.sort(key=lambda step: (step.start, step.finish))
            first = bool(level.making.prepare_seconds)
            own = own[first : len(own) - bool(level.making.store_seconds)]
        return own

    # Public form

    def as_dict(self) -> dict:
        """The dictionary of the public interface, see ``docs/api.md``."""
        return dict(self._public)

    @cached_property
    def _public(self):
        request = self.network.request
        return {
            "product_id": request.product.id,
            "quantity": request.quantity,
            "feasible": self.feasible,
            "promise_date": _string(self.promise_date),
            "planned_date": _string(self.planned_date),
            "safety": self._safety(),
            "requested_date": _string(request.requested),
            "on_request": self.on_request,
            "latest_start": _string(self.latest_start),
            "constraint": self._constraint(),
            "steps": [*map(self._step, self.plan.steps), *self._safety_steps()],
        }

    def _safety(self) -> dict:
        """The safety, and when it would be kept with 50 % and with 90 %."""
        safety, finish = self.safety, self.plan.finish
        learned = bool(safety.cases and finish)
        added = timedelta(seconds=safety.seconds)
        if finish:
            added = self._safe_date - self.planned_date
        return {
            "days": round(added / timedelta(days=1), 2),
            "service_level": safety.level,
            "cases": safety.cases,
            "date_50": _string(
                self._moment(self._after_plan(safety.half_seconds) if learned else None)
            ),
            "date_90": _string(
                self._moment(self._after_plan(safety.most_seconds) if learned else None)
            ),
        }

    def _safety_steps(self):
        """The safety as a step of its own, behind the planned delivery."""
        if not (self.feasible and self._safe_date > self.planned_date):
            return []
        item = self.network.structure.item
        return [
            {
                "kind": "safety",
                "name": self.env._("Safety"),
                "product_id": item.id,
                "product": item.name,
                "quantity": self.network.quantity,
                "start": _string(self.planned_date),
                "finish": _string(self._safe_date),
                "level": 0,
                "critical": not self.network.request.requested,
            }
        ]

    def _step(self, step) -> dict:
        component = self.network.components.get(step.key)
        item = component.item if component else self._item_of(step)
        values = {
            "kind": "transfer" if self._is_transfer(step) else _PUBLIC_KIND[step.kind],
            "name": self._step_name(step, item),
            "product_id": item.id,
            "product": item.name,
            "quantity": self._step_quantity(step),
            "start": _string(from_seconds(step.start)),
            "finish": _string(from_seconds(step.finish)),
            "level": step.level,
            "critical": step.critical,
        }
        if step.resource is not None:
            values.update(
                workcenter_id=step.resource, workcenter=self._center(step.resource)
            )
        return values

    def _is_transfer(self, step) -> bool:
        """Whether a step is fetching or storing goods within the warehouse."""
        level = self.network.levels.get(step.job)
        return bool(step.kind == engine.StepKind.WAIT and level and level.operations)

    def _item_of(self, step):
        level = self.network.levels.get(step.job)
        return level.item if level else self.network.structure.item

    def _step_quantity(self, step) -> float:
        """In the unit of the step's product; for the engine a delivery has none."""
        if step.kind != engine.StepKind.DELIVERY:
            # What is free is a sum, and sums of floats end in crumbs.
            return round(step.quantity, 6)
        return self.network.quantity

    def _step_name(self, step, item) -> str:
        if step.kind == engine.StepKind.OPERATION:
            return self.network.works[step.key].name
        if step.kind == engine.StepKind.PURCHASE:
            return self.env._(
                "%(product)s from %(vendor)s",
                product=item.name,
                vendor=self.ordered[step.key].vendor.name,
            )
        if step.kind == engine.StepKind.DELIVERY:
            return self.env._("Delivery")
        return item.name

    def _center(self, workcenter_id) -> str:
        return self.network.structure.workcenters[workcenter_id]

    # The reason

    def _constraint(self) -> dict:
        constraint = self.plan.constraint
        values = {
            "kind": _PUBLIC_CONSTRAINT[constraint.kind],
            "text": self._text(constraint),
        }
        if constraint.resource is not None:
            values["workcenter_id"] = constraint.resource
        item = self._constraint_item(constraint)
        if item:
            values["product_id"] = item.id
        return values

    def _constraint_item(self, constraint):
        found = self.network.components.get(constraint.step)
        found = found or self.network.levels.get(constraint.step)
        return found and found.item

    def _text(self, constraint) -> str:
        """One plain sentence that says what sets the date."""
        writer = {
            engine.ConstraintKind.CAPACITY: self._capacity_text,
            engine.ConstraintKind.BLOCKED: self._blocked_text,
            engine.ConstraintKind.MATERIAL: self._material_text,
            engine.ConstraintKind.LEAD_TIME: self._lead_time_text,
            engine.ConstraintKind.CALENDAR: self._calendar_text,
            engine.ConstraintKind.FROZEN: self._frozen_text,
            engine.ConstraintKind.SHORTAGE: self._shortage_text,
            engine.ConstraintKind.HORIZON: self._horizon_text,
            engine.ConstraintKind.NONE: self._no_constraint_text,
        }[constraint.kind]
        return writer(constraint)

    def _capacity_text(self, constraint):
        return self.env._(
            "%(workcenter)s is full until %(date)s.",
            workcenter=self._center(constraint.resource),
            date=self._day(constraint.until),
        )

    def _blocked_text(self, constraint):
        return self.env._(
            "%(workcenter)s is blocked until %(date)s.",
            workcenter=self._center(constraint.resource),
            date=self._day(constraint.until),
        )

    def _material_text(self, constraint):
        return self.env._(
            "%(product)s is only there on %(date)s.",
            product=self._constraint_item(constraint).name,
            date=self._day(constraint.until),
        )

    def _lead_time_text(self, constraint):
        component = self.ordered.get(constraint.step)
        days = (constraint.until - constraint.since) / 86400
        if component and component.vendor and not component.made:
            return self._purchase_text(component, round(days), constraint.until)
        product = self._constraint_item(constraint).name
        if round(days) == 1:
            return self.env._("Making %(product)s takes 1 day.", product=product)
        return self.env._(
            "Making %(product)s takes %(days)d days.", product=product, days=round(days)
        )

    def _purchase_text(self, component, days, arrival):
        values = {
            "product": component.item.name,
            "vendor": component.vendor.name,
            "date": self._day(arrival),
        }
        if days == 1:
            return self.env._(
                "%(product)s takes 1 day from %(vendor)s: it arrives on %(date)s.",
                **values,
            )
        return self.env._(
            "%(product)s takes %(days)d days from %(vendor)s: it arrives on %(date)s.",
            days=days,
            **values,
        )

    def _calendar_text(self, constraint):
        return self.env._(
            "%(workcenter)s is closed until %(date)s.",
            workcenter=self._center(constraint.resource),
            date=self._day(constraint.until),
        )

    def _frozen_text(self, constraint):
        return self.env._(
            "The plan is fixed until %(date)s: new work starts after that.",
            date=self._day(constraint.until),
        )

    def _shortage_text(self, constraint):
        component = self.network.components[constraint.step]
        return self.env._(
            "%(product)s (level %(level)d, %(quantity)s %(unit)s) is not in stock and "
            "cannot be made or bought: give it a bill of materials, a vendor or "
            "stock.",
            product=component.item.name,
            level=len(component.path) - 1,
            quantity=format_number(self.env, component.quantity),
            unit=component.item.unit.name,
        )

    def _horizon_text(self, constraint):
        if constraint.resource is None:
            return self.env._("There is no date within the next two years.")
        name = self._center(constraint.resource)
        env = self.network.request.product.env
        center = env["mrp.workcenter"].browse(constraint.resource)
        if not center.resource_calendar_id:
            return self.env._(
                "%(workcenter)s has no working hours: set them on the work center.",
                workcenter=name,
            )
        return self.env._(
            "%(workcenter)s has no free time within the next two years: ask for fewer, "
            "or give it more working time.",
            workcenter=name,
        )

    def _no_constraint_text(self, _constraint):
        if self.on_request and self.network.request.requested:
            return self.env._(
                "It can be delivered as requested; work starts on %(date)s.",
                date=self._day(self.plan.steps[0].start),
            )
        if not self.made_levels:
            return self.env._("It is in stock.")
        hours = sum(
            mode.seconds
            for level in self.made_levels
            for operation in level.operations
            for mode in operation.modes[:1]
        )
        return self.env._(
            "Nothing is in the way: it takes its %(hours)s hours of work.",
            hours=format_duration(hours / 3600),
        )

    def _day(self, seconds) -> str:
        moment = Datetime.context_timestamp(
            self.env["mto.planner"], from_seconds(seconds)
        )
        return format_day(self.env, moment.date())


# The engine's words and the interface's differ where the interface is older.
_PUBLIC_KIND = {
    engine.StepKind.OPERATION: "operation",
    engine.StepKind.PURCHASE: "purchase",
    engine.StepKind.STOCK: "stock",
    engine.StepKind.WAIT: "lead_time",
    engine.StepKind.DELIVERY: "transfer",
}
_PUBLIC_CONSTRAINT = {
    engine.ConstraintKind.CAPACITY: "capacity",
    engine.ConstraintKind.BLOCKED: "capacity",
    engine.ConstraintKind.MATERIAL: "material",
    engine.ConstraintKind.LEAD_TIME: "lead_time",
    engine.ConstraintKind.CALENDAR: "calendar",
    engine.ConstraintKind.FROZEN: "calendar",
    engine.ConstraintKind.SHORTAGE: "material",
    engine.ConstraintKind.HORIZON: "capacity",
    engine.ConstraintKind.NONE: "none",
}


def _string(moment):
    return Datetime.to_string(moment) if moment else False
