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

    def test_uninstall_leaves_no_order_bom_to_core(self):
        order = self._make_order((self.lamp, 1))
        order.action_confirm()
        boms = order.order_line.mto_bom_ids
        hooks.uninstall_hook(self.env)
        self.assertEqual(boms.mapped("active"), [False] * 4)

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
