from collections import defaultdict
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

# A Monday, 08:00 UTC.
NOW = datetime(2027, 3, 1, 8, 0)

# Not allowed, or not there as far as the user may know.
REFUSED = "not allowed|enough rights|top-secret|for you"
DISABLED_MAIL_CONTEXT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
}


class Factory:
    """Factories of a small workshop; times are UTC, the week is Monday to Friday."""

    @classmethod
    def _make_calendar(cls, *hours, days=range(5), tz="UTC"):
        """A calendar that is open ``hours`` (pairs) on ``days`` (0 is Monday)."""
        hours = hours or ((8, 12), (13, 17))
        return cls.env["resource.calendar"].create(
            {
                "name": "Test hours",
                "tz": tz,
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": "Open",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                            "day_period": "morning" if start < 12 else "afternoon",
                        }
                    )
                    for day in days
                    for start, end in hours
                ],
            }
        )

    @classmethod
    def _make_workcenter(cls, name, calendar=None, **values):
        return cls.env["mrp.workcenter"].create(
            {
                "name": name,
                "resource_calendar_id": (calendar or cls.calendar).id,
                "time_start": 0,
                "time_stop": 0,
                **values,
            }
        )

    @classmethod
    def _make_product(cls, name, on_order=True, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "route_ids": [Command.set(cls.mto_route.ids if on_order else [])],
                **values,
            }
        )

    @classmethod
    def _make_bought(cls, name, delay=3, on_order=True, **values):
        """A part that is bought from a vendor in ``delay`` days."""
        return cls._make_product(
            name,
            on_order=on_order,
            seller_ids=[
                Command.create(
                    {"partner_id": cls.vendor.id, "delay": delay, "price": 5}
                )
            ],
            **values,
        )

    @classmethod
    def _make_bom(cls, product, components=(), operations=(), **values):
        """Make ``product`` of ``(component, quantity)`` by ``(center, minutes)``."""
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_uom_id": product.uom_id.id,
                "product_qty": 1,
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity})
                    for part, quantity in components
                ],
                "operation_ids": [
                    Command.create(
                        {
                            "name": f"{center.name} {position}",
                            "workcenter_id": center.id,
                            "time_cycle_manual": minutes,
                            "sequence": position,
                        }
                    )
                    for position, (center, minutes) in enumerate(operations, start=1)
                ],
                **values,
            }
        )

    @classmethod
    def _make_stock(cls, product, quantity):
        cls.env["stock.quant"]._update_available_quantity(
            product, cls.warehouse.lot_stock_id, quantity
        )

    @classmethod
    def _make_order(cls, *lines, user=None, **values):
        """A quotation of ``(product, quantity)`` or ``(product, quantity, values)``."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            **(more[0] if more else {}),
                        }
                    )
                    for product, quantity, *more in lines
                ],
                **({"user_id": user.id} if user else {}),
                **values,
            }
        )
        return order.with_user(user) if user else order

    @classmethod
    def _set_up_workshop(cls):
        """A product of three made levels on four work centers, all on order.

        lamp = 1 frame + 2 led engines; 60 min on assembly
        frame = 2 tubes (3 days); 90 min on bending
        led engine = 1 board + 1 lens (2 days); 30 min on soldering
        board = 4 chips (5 days); 20 min on soldering
        """
        cls.env = cls.env(context=dict(cls.env.context, **DISABLED_MAIL_CONTEXT))
        cls.mto_route = cls.env.ref("stock.route_warehouse0_mto")
        cls.mto_route.active = True
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        # Dates that can be worked out by hand; ``test_safety`` has its own.
        cls.env.company.mto_safety_days = 0
        cls.calendar = cls._make_calendar()
        cls.bending = cls._make_workcenter("Bending")
        cls.soldering = cls._make_workcenter("Soldering")
        cls.assembly = cls._make_workcenter("Assembly")
        cls.vendor = cls.env["res.partner"].create({"name": "Test vendor"})
        cls.customer = cls.env["res.partner"].create({"name": "Test customer"})
        cls.tube = cls._make_bought("Tube", 3)
        cls.lens = cls._make_bought("Lens", 2)
        cls.chip = cls._make_bought("Chip", 5)
        cls.board = cls._make_product("Board")
        cls.engine = cls._make_product("LED engine")
        cls.frame = cls._make_product("Frame")
        cls.lamp = cls._make_product("Lamp")
        cls._make_bom(cls.board, [(cls.chip, 4)], [(cls.soldering, 20)])
        cls._make_bom(
            cls.engine, [(cls.board, 1), (cls.lens, 1)], [(cls.soldering, 30)]
        )
        cls._make_bom(cls.frame, [(cls.tube, 2)], [(cls.bending, 90)])
        cls._make_bom(cls.lamp, [(cls.frame, 1), (cls.engine, 2)], [(cls.assembly, 60)])

    @classmethod
    def _set_up_users(cls):
        cls.salesperson = new_test_user(
            cls.env, "mto_sales", groups="sales_team.group_sale_salesman"
        )
        cls.planner = new_test_user(
            cls.env, "mto_planner", groups="mrp.group_mrp_manager"
        )
        cls.buyer = new_test_user(
            cls.env, "mto_buyer", groups="purchase.group_purchase_user"
        )


class MtoCase(Factory, TransactionCase):
    """The workshop on Monday morning, with nothing booked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        frozen = freeze_time(NOW)
        frozen.start()
        cls.addClassCleanup(frozen.stop)
        cls._set_up_workshop()
        cls._set_up_users()

    def _at(self, day, hour, minute=0):
        """The moment ``day`` days after the Monday, at an hour."""
        return NOW.replace(hour=hour, minute=minute) + timedelta(days=day)

    def _confirm_as_stock_odoo(self, order):
        """Confirm an order as if the add-on were not there."""
        order.order_line.mto_is_made_to_order = False
        with patch.object(self.registry["sale.order"], "_mto_refresh_lines"):
            order.action_confirm()

    def _production_of(self, line, product):
        return line.mto_production_ids.filtered(lambda mo: mo.product_id == product)

    # What was promised, and what stands in the records

    def _moves(self, line):
        """Moves that take something for a line: components, and what is delivered."""
        moves = self.env["stock.move"].search([("mto_line_id", "=", line.id)])
        return moves.filtered(lambda move: move.location_id.usage == "internal")

    def _check_as_promised(self, answer, line):
        """Quantities and times of an order line's records are those of its promise."""
        steps = defaultdict(list)
        for step in answer["steps"]:
            times = (step["start"], step["finish"])
            steps[step["kind"]].append((step["product_id"], step["quantity"], *times))
        self.assertEqual(
            sorted(steps["operation"]),
            sorted(
                (wo.product_id.id, wo.production_id.product_uom_qty)
                + (str(wo.date_start), str(wo.date_finished))
                for wo in line.mto_production_ids.workorder_ids
            ),
        )
        self.assertEqual(
            sorted((*step[:2], step[3]) for step in steps["purchase"]),
            sorted(
                (purchase.product_id.id, purchase.product_uom_qty)
                + (str(purchase.date_planned),)
                for purchase in line.mto_purchase_line_ids
            ),
        )
        taken = self._moves(line).filtered(lambda move: move.mto_supply == "stock")
        self.assertEqual(
            sorted(step[:3] for step in steps["stock"]),
            sorted(
                (move.product_id.id, move.product_qty, str(move.date)) for move in taken
            ),
        )
