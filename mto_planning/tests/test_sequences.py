import os
import random
from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import NOW
from .test_change import RFQ, ChangeCase

# Others: MTO_SEQUENCES=60 MTO_SEQUENCES_SEED=1000 make test-odoo ARGS="-k sequences"
ROUNDS = int(os.environ.get("MTO_SEQUENCES", 6))
SEED = int(os.environ.get("MTO_SEQUENCES_SEED", 20270301))
LENGTH = 8


@tagged("post_install", "-at_install", "mto_slow")
class TestSequences(ChangeCase):
    """One thing after another happens to an order, at any time of any day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order.action_cancel()
        # Work at all hours: when nothing has time to spare, each minute moves dates.
        cls.calendar.attendance_ids.unlink()
        for day in range(7):
            cls.calendar.attendance_ids += cls.env[
                "resource.calendar.attendance"
            ].create(
                {
                    "name": "Open",
                    "calendar_id": cls.calendar.id,
                    "dayofweek": str(day),
                    "hour_from": 0,
                    "hour_to": 24,
                    "day_period": "full_day",
                }
            )

    def test_all_fits_whatever_happens_when(self):
        for number in range(ROUNDS):
            with self.subTest(seed=SEED + number):
                self._live(random.Random(SEED + number))

    def _live(self, chance):
        """Confirm an order, let things happen to it, and look after each."""
        clock, story = NOW + timedelta(seconds=chance.randrange(7 * 86400)), []
        savepoint = self.env.cr.savepoint()
        try:
            with freeze_time(clock):
                self.order = self._make_order((self.lamp, 4), user=self.salesperson)
                self.order.action_confirm()
                self.line = self.order.sudo().order_line
            for _number in range(LENGTH):
                clock += timedelta(seconds=chance.choice((2, 30, 600, 1800, 20000)))
                event = chance.choice(EVENTS)
                with freeze_time(clock):
                    story.append((str(clock), event, self._happen(event, chance)))
                    with self.subTest(story=story):
                        self._check_all()
                        self._check_no_returns()
                        self._check_consistency(story)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _happen(self, event, chance):
        """Let it happen, if it may; what may not leaves nothing behind."""
        try:
            with self.env.cr.savepoint():
                return getattr(self, f"_event_{event}")(chance)
        except UserError as error:
            return str(error)

    def _check_dates(self):
        """The delivery is due when the customer was told, whatever was planned since.

        Whether it is ready by then is another matter: what comes later, or is planned
        anew, makes it late.
        """
        told = self.order.commitment_date
        self.assertEqual(told, self.line.mto_promise_id.promise_date)
        delivery = self.line._mto_get_open_deliveries()
        self.assertLessEqual(set(delivery.mapped("date_deadline")), {told})

    def _check_consistency(self, story):
        """All holds; what is planned anew after a vendor's delay may be too late."""
        broken = {row["check"] for row in self.env["mto.planner"].check_consistency()}
        if any(event == "vendor_later" for _moment, event, _what in story):
            broken.discard("sub_assembly")
        self.assertFalse(broken)

    def _check_no_returns(self):
        """Nobody sends back what was never delivered."""
        self.assertFalse(
            self.line.move_ids.filtered(
                lambda move: (
                    move.location_id.usage == "customer" and move.state != "cancel"
                )
            )
        )

    # What happens

    def _event_quantity(self, chance):
        quantity = chance.choice((1, 2, 3, 4, 5, 7))
        self.line.mto_apply_change({"product_uom_qty": quantity})
        return quantity

    def _event_quantity_written(self, chance):
        quantity = chance.choice((2, 3, 6))
        self.line.product_uom_qty = quantity
        return quantity

    def _event_date(self, chance):
        date = NOW + timedelta(days=chance.randrange(8, 40))
        self.line.mto_apply_change({"requested_date": str(date)})

    def _event_no_date(self, _chance):
        self.line.mto_apply_change({"requested_date": False})

    def _event_structure(self, chance):
        rows = self.line.mto_get_structure()["rows"]
        part = chance.choice((self.tube, self.chip, self.engine))
        key = next(row["key"] for row in rows if row.get("product_id") == part.id)
        self.line.mto_apply_change(
            {
                "structure": [
                    {
                        "type": "set_quantity",
                        "key": key,
                        "quantity": chance.choice((1, 2, 3, 5)),
                    }
                ]
            }
        )
        return part.name

    def _event_buy(self, _chance):
        rows = self.line.mto_get_structure()["rows"]
        key = next(row["key"] for row in rows if row.get("product_id") == self.frame.id)
        self.line.mto_apply_change({"structure": [{"type": "buy", "key": key}]})

    def _event_undo(self, _chance):
        self.line.mto_apply_change({"undo": True})

    def _event_first(self, _chance):
        self.line.mto_apply_change({"go_first": True})

    def _event_plan_anew(self, _chance):
        self.env["mto.planner"].replan()

    def _event_split(self, _chance):
        production = self._made(self.engine)[:1]
        if production.product_qty < 2 or self._has_begun(production):
            return
        half = production.product_qty // 2
        production._split_productions(
            {production: [half, production.product_qty - half]}
        )

    def _event_order_parts(self, chance):
        purchases = self.line.mto_purchase_line_ids.filtered(
            lambda line: line.state in RFQ
        )
        if purchases:
            chance.choice(purchases).order_id.button_confirm()

    def _event_receive(self, _chance):
        orders = self.line.mto_purchase_line_ids.order_id
        receipts = orders.filtered(lambda order: order.state == "purchase").picking_ids
        for receipt in receipts.filtered(lambda one: one.state == "assigned"):
            receipt.move_ids.picked = True
            receipt.button_validate()

    def _event_vendor_later(self, chance):
        for purchase in self.line.mto_purchase_line_ids:
            if purchase.state == "purchase":
                purchase.date_planned += timedelta(hours=chance.randrange(1, 80))

    def _event_make(self, chance):
        """Some of what all parts are here for; what is left is another order."""
        ready = self.line.mto_production_ids.filtered(
            lambda one: (
                one.state in ("confirmed", "progress", "to_close")
                and one.move_raw_ids.move_orig_ids
                and set(one.move_raw_ids.move_orig_ids.mapped("state")) == {"done"}
                and set(one.move_raw_ids.mapped("state")) <= {"assigned", "done"}
            )
        ).sorted("id")[:1]
        if ready:
            some = chance.randrange(1, int(ready.product_qty) + 1)
            self._make(ready, some)
            return f"{some} {ready.product_id.name}"
        return None

    def _event_deliver(self, chance):
        delivery = self.line._mto_get_open_deliveries()[:1]
        if delivery.state not in ("assigned", "partially_available"):
            return None
        some = chance.randrange(1, int(delivery.quantity) + 1)
        delivery.write({"quantity": some, "picked": True})
        delivery.picking_id.with_context(skip_backorder=True).button_validate()
        return some

    def _event_start(self, _chance):
        ready = self.line.mto_production_ids.workorder_ids.filtered(
            lambda work: work.state == "ready"
        )
        ready[:1].button_start()
        return ready[:1].display_name


EVENTS = sorted(
    name.removeprefix("_event_")
    for name in vars(TestSequences)
    if name.startswith("_event_")
)
