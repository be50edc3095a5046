"""The same orders through Odoo's records: both have to tell the same dates.

In Odoo's shell, on any database with the add-on; nothing is committed. The factory and
the orders are those of the simulated year. For some weeks each order is a sales order
that is confirmed when it comes, and each morning ``mto.planner.replan`` plans all anew;
the simulation does the same with the engine alone. Nobody works meanwhile: what is
compared is what is planned and told, to the minute, with a safety that both learn from
the same deliveries.
"""

from datetime import datetime, timezone

import bench  # noqa: F401 (it finds the engine)
from freezegun import freeze_time

from mto_planning import engine
from year.factory import CALM, DAY, HOUR, MINUTE, START, Factory, Year, open_spans
from year.floor import MORNING, Floor
from year.planners import Case, Ledger, Ours

ORDERS = 40
# Deliveries of the half year before: working days from being told to the plan, and from
# there to the delivery.
DELIVERIES = (*((4, 2),) * 10, *((9, 3),) * 15, *((16, 4),) * 5)


class Records:
    """The factory in Odoo.

    :param env: as superuser.
    """

    def __init__(self, env, factory):
        self.env = env
        env.company.write(
            {"mto_frozen_days": 0, "resource_calendar_id": self._calendar().id}
        )
        self.route = env.ref("stock.route_warehouse0_mto")
        self.route.active = True
        self.customer = env["res.partner"].create({"name": "Year customer"})
        self.vendors = env["res.partner"].create(
            [{"name": f"Year {n}"} for n in range(6)]
        )
        self.centers = env["mrp.workcenter"].create(
            [
                {
                    "name": f"Year {number}",
                    "resource_calendar_id": self._calendar().id,
                    "time_start": 0,
                    "time_stop": 0,
                }
                for number in range(factory.centers)
            ]
        )
        self.made = {}
        self.products = [self._make(level) for level in factory.catalogue]

    def _calendar(self):
        hours = [(day, *span) for day in range(5) for span in ((8, 12), (13, 17))]
        return self.env["resource.calendar"].create(
            {
                "name": "Year",
                "tz": "UTC",
                "attendance_ids": [(5, 0, 0)]
                + [
                    (
                        0,
                        0,
                        {
                            "name": "Open",
                            "dayofweek": str(day),
                            "hour_from": opens,
                            "hour_to": closes,
                            "day_period": "morning" if opens < 12 else "afternoon",
                        },
                    )
                    for day, opens, closes in hours
                ],
            }
        )

    def _product(self, name, **values):
        return self.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "route_ids": [(6, 0, self.route.ids)],
                **values,
            }
        )

    def _bought(self, name, buy):
        seller = {"partner_id": self.vendors[buy.vendor].id, "delay": buy.days}
        return self._product(name, seller_ids=[(0, 0, {**seller, "price": 1})])

    def _make(self, level):
        product = self._product(level.name)
        below = [self._make(child) for child in level.children]
        below += [
            self._bought(f"{level.name} part {n}", buy)
            for n, buy in enumerate(level.parts)
        ]
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "bom_line_ids": [
                    (0, 0, {"product_id": part.id, "product_qty": 1}) for part in below
                ],
                "operation_ids": [
                    (
                        0,
                        0,
                        {
                            "name": f"{level.name} {place}",
                            "workcenter_id": self.centers[center].id,
                            "time_cycle_manual": minutes,
                            "sequence": place,
                        },
                    )
                    for place, (center, minutes) in enumerate(level.operations, 1)
                ],
            }
        )
        return product

    def deliver(self, rows):
        """Write deliveries into the ledger, and learn from them.

        :param rows: of each when it was told, planned and there.
        """
        line = self._quote(self.products[0], 1)
        self.env["mto.promise"].search([("state", "in", ("kept", "missed"))]).unlink()
        self.env["mto.promise"].create(
            [
                {
                    "line_id": line.id,
                    "product_id": line.product_id.id,
                    "state": "kept",
                    "confirmed_date": _moment(told),
                    "planned_date": _moment(planned),
                    "actual_date": _moment(actual),
                }
                for told, planned, actual in rows
            ]
        )
        self.env["mto.safety"]._learn(self.env.company)

    def order(self, order):
        """Confirm a sales order; its line."""
        line = self._quote(self.products[order.product], order.quantity)
        line.order_id.action_confirm()
        return line

    def _quote(self, product, quantity):
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                        },
                    )
                ],
            }
        )
        return sale.order_line


# The half year before.
WORKDAYS = engine.Workdays(
    open_spans(182, START - 182 * DAY),
    [
        (START + day * DAY, START + (day + 1) * DAY)
        for day in range(-182, 0)
        if day % 7 < 5
    ],
)


def _deliveries():
    """``(told, planned, actual)`` of each."""
    for place, (ahead, late) in enumerate(DELIVERIES):
        told = START - (182 - 7 * (place % 10)) * DAY + 10 * HOUR
        planned = WORKDAYS.after(told, ahead * DAY)
        yield told, planned, WORKDAYS.after(planned, late * DAY)


def _moment(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).replace(tzinfo=None)


def main(env):
    """Both ways, and what is different."""
    year = Year(Factory(), 0.85, CALM, 1, 30)
    orders = year.orders[:ORDERS]
    last = orders[-1].time // DAY * DAY + DAY
    records = Records(env, year.factory)
    ledger, rows = Ledger(), list(_deliveries())
    for told, planned, actual in rows:
        between = WORKDAYS.between
        ledger.add(Case(actual, None, between(planned, actual), between(told, planned)))
    ledger.learn(START)
    ledger.learns = False
    with freeze_time(_moment(START)):
        records.deliver(rows)
    floor = Floor(year, Ours(ledger))
    # Nobody works, and nobody buys.
    floor._wake = lambda _center: None
    floor._buy = lambda _job: None
    lines, events = {}, [(order.time, order) for order in orders]
    first = orders[0].time // DAY * DAY + DAY
    mornings = range(first + MORNING, last + DAY, DAY)
    events += [(moment, None) for moment in mornings if moment // DAY % 7 not in (2, 3)]
    different = total = 0
    for moment, order in sorted(events, key=lambda event: event[0]):
        floor.now = moment
        with freeze_time(_moment(moment)):
            if order:
                total += 1
                floor._arrive(order)
                line = lines[order.number] = records.order(order)
                job = floor.open[order.number]
                different += _compare(
                    order.number, "told", line.mto_promise_date, job.promise
                )
            else:
                floor.planner.replan(floor)
                env["mto.planner"].replan({"frozen_days": 1})
                total += len(lines)
                for number, line in lines.items():
                    top = floor.open[number].top.works[-1]
                    production = line.mto_production_ids.filtered(
                        lambda one, line=line: one.product_id == line.product_id
                    )
                    different += _compare(
                        number, "planned", production.date_finished, top.planned[1]
                    )
    env.cr.rollback()
    print(f"{len(orders)} orders, {total} dates told or planned, {different} different")
    if different:
        raise AssertionError(f"{different} of {total} dates differ")


def _compare(number, what, ours, seconds):
    """Whether two dates differ by a minute or more; then both are printed."""
    theirs = _moment(seconds)
    if abs((ours - theirs).total_seconds()) < MINUTE:
        return 0
    print(f"order {number}: {what} {ours} in Odoo, {theirs} by the engine")
    return 1
