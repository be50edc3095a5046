from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .. import hooks
from .common import MtoCase


@tagged("post_install", "-at_install")
class TestInstall(MtoCase):
    """Installing touches no existing order; uninstalling leaves core working."""

    def test_install_offers_replenish_on_order(self):
        self.mto_route.active = False
        hooks.post_init_hook(self.env)
        self.assertTrue(self.mto_route.active)

    def test_install_looks_at_open_quotations_only(self):
        quotation = self._make_order((self.lamp, 1))
        confirmed = self._make_order((self.lamp, 1))
        self._confirm_as_stock_odoo(confirmed)
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order_line SET mto_is_made_to_order = NULL")
        self.env.invalidate_all()
        hooks.post_init_hook(self.env)
        self.assertTrue(quotation.order_line.mto_is_made_to_order)
        self.assertFalse(confirmed.order_line.mto_is_made_to_order)

    def test_install_writes_no_quotation(self):
        quotation = self._make_order((self.lamp, 1))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order_line SET mto_is_made_to_order = NULL,"
            " write_date = '2026-01-01' WHERE id = %s",
            [quotation.order_line.id],
        )
        self.env.invalidate_all()
        hooks.post_init_hook(self.env)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(quotation.order_line.mto_is_made_to_order)
        self.assertEqual(quotation.order_line.write_date.year, 2026)
        self.assertEqual(quotation.order_line.write_date.month, 1)

    def test_install_computes_no_field_of_records_that_are_there(self):
        """A stored compute on core's tables has its column made empty before."""
        computed = {
            (model._table, field.name, field.column_type[0])
            for model in map(self.env.get, self.env.registry)
            for field in model._fields.values()
            if field._module == "mto_planning"
            and model._auto
            and not model._transient
            and not model._name.startswith("mto.")
            and field.store
            and field.column_type
            and (field.compute or field.related)
        }
        listed = {
            (table, name, kind)
            for table, columns in hooks.COLUMNS.items()
            for name, kind in columns.items()
        }
        self.assertEqual(computed, listed)

    def test_uninstall_leaves_no_order_bom_to_core(self):
        order = self._make_order((self.lamp, 1))
        order.action_confirm()
        boms = order.order_line.mto_bom_ids
        hooks.uninstall_hook(self.env)
        self.assertEqual(boms.mapped("active"), [False] * 4)
        self.assertEqual(set(boms.mapped("code")), {order.name})

    def test_uninstall_lets_go_of_held_capacity(self):
        quotation = self._make_order((self.lamp, 1))
        quotation.mto_hold(fields.Datetime.now() + timedelta(days=3))
        leaves = quotation.order_line.mto_promise_id.slot_ids.leave_ids
        self.assertTrue(leaves)
        hooks.uninstall_hook(self.env)
        self.assertFalse(leaves.exists())

    def test_uninstall_keeps_what_is_to_be_done(self):
        order = self._make_order((self.lamp, 1))
        activity = order.activity_schedule(
            "mto_planning.mail_activity_type_new_date", user_id=self.env.user.id
        )
        hooks.uninstall_hook(self.env)
        todo = self.env.ref("mail.mail_activity_data_todo")
        self.assertEqual(activity.activity_type_id, todo)

    def test_orders_that_are_not_made_to_order_are_cores_alone(self):
        shelf = self._make_product("Shelf", on_order=False)
        self._make_stock(shelf, 3)
        order = self._make_order((shelf, 2))
        order.action_confirm()
        line = order.order_line
        self.assertFalse(line.mto_promise_id)
        self.assertFalse(line.mto_bom_ids)
        self.assertFalse(line.move_ids.mto_line_id)
        self.assertFalse(order.commitment_date)
        self.assertFalse(order.mto_is_made_to_order)
