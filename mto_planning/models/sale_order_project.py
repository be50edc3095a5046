from odoo import api, fields, models

from ..bridge.access import check_access
from .sale_order_line import OPEN_STATES

# What says whether an order may belong to an installation.
JOINING_FIELDS = {"mto_project_id", "partner_id", "company_id"}


class SaleOrder(models.Model):
    """An order as part of an installation."""

    _inherit = "sale.order"

    mto_project_id = fields.Many2one(
        "mto.project",
        string="Installation",
        copy=False,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        groups="base.group_user",
        help="What several orders of a customer are together; a line may belong to "
        "another one than its order.",
    )
    mto_commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Company of the Customer",
        groups="base.group_user",
    )

    @api.constrains("mto_project_id", "partner_id", "company_id")
    def _check_mto_project_id(self):
        for order in self.filtered("mto_project_id"):
            order.mto_project_id._check_customer(order)

    @api.onchange("partner_id", "company_id")
    def _onchange_partner_mto_project_id(self):
        project = self.mto_project_id
        if (
            project.commercial_partner_id != self.partner_id.commercial_partner_id
            or project.company_id != self.company_id
        ):
            self.mto_project_id = False

    # Its lines belong where it does

    @api.model_create_multi
    def create(self, vals_list):
        self.env["mto.project"]._check_joining(vals_list)
        orders = super().create(vals_list)
        for order in orders.filtered("mto_project_id"):
            lines = order.order_line.filtered(lambda line: not line.mto_project_id)
            lines.mto_project_id = order.mto_project_id
        return orders

    def write(self, vals):
        """Lines that belonged where their order did go with it."""
        if not JOINING_FIELDS.intersection(vals):
            return super().write(vals)
        self.env["mto.project"]._check_joining([vals])
        before = {order: order.mto_project_id for order in self}
        result = super().write(vals)
        lines = self.env["sale.order.line"].concat(
            *(
                order.order_line.filtered(
                    lambda line, project=project: line.mto_project_id == project
                )
                for order, project in before.items()
                if order.mto_project_id != project
            )
        )
        if lines:
            lines.mto_project_id = self[:1].mto_project_id
        self.order_line._mto_check_project()
        return result

    def unlink(self):
        projects = self.order_line._mto_get_shared_projects()
        result = super().unlink()
        projects.line_ids._mto_tell_together()
        return result

    def _mto_get_projects(self):
        """The installations that the orders and their lines belong to."""
        return self.mto_project_id | self.order_line.mto_project_id

    def _mto_get_customer_date(self):
        """Told together, there is no date before the last has one."""
        if any(line._mto_misses_others() for line in self._mto_get_lines()):
            return None
        return super()._mto_get_customer_date()

    def _mto_should_ask(self):
        """Also before what is confirmed moves the dates of other orders."""
        is_late = super()._mto_should_ask()
        return is_late or bool(self.env["mto.shipment"]._find_moved_by(self))

    # One shipment of several orders

    def _action_cancel(self):
        """Leave shipments that other orders are in: core cancels whole transfers."""
        # Superuser: whoever cancels an order may not write what it is delivered with.
        lines = self.sudo().order_line
        projects = lines._mto_get_shared_projects()
        lines.move_ids.filtered("picking_id.mto_project_id")._mto_leave()
        result = super()._action_cancel()
        (projects.line_ids - lines)._mto_tell_together()
        return result

    @api.depends("order_line.mto_project_id.shipment_ids.date_done")
    def _compute_effective_date(self):
        result = super()._compute_effective_date()
        for order, pickings in self._mto_get_shared().items():
            done = pickings.filtered(
                lambda picking: (
                    picking.state == "done"
                    and picking.location_dest_id.usage == "customer"
                )
            )
            dates = filter(None, done.mapped("date_done"))
            order.effective_date = min(dates, default=False)
        return result

    @api.depends("order_line.mto_project_id.shipment_ids.state")
    def _compute_delivery_status(self):
        """Of what leaves with other orders, as core says it of an order's own."""
        result = super()._compute_delivery_status()
        for order, pickings in self._mto_get_shared().items():
            states = set(pickings.mapped("state")) - {"cancel"}
            if not states:
                order.delivery_status = False
            elif states == {"done"}:
                order.delivery_status = "full"
            elif "done" not in states:
                order.delivery_status = "pending"
            else:
                is_part = any(order.order_line.mapped("qty_delivered"))
                order.delivery_status = "partial" if is_part else "started"
        return result

    @api.depends("order_line.mto_project_id.shipment_ids")
    def _compute_picking_ids(self):
        result = super()._compute_picking_ids()
        for order, pickings in self._mto_get_shared().items():
            order.delivery_count = len(pickings)
        return result

    def action_view_delivery(self):
        pickings = self._mto_get_shared().get(self)
        if not pickings:
            return super().action_view_delivery()
        return self._get_action_view_picking(pickings)

    def _mto_get_shared(self):
        """``{order: transfers}`` of orders that share one: core links it to one."""
        shared = {}
        # Superuser: whoever reads an order may not read what it is delivered with.
        for order in self.sudo():
            if not order.order_line.mto_project_id:
                continue
            moved = order.order_line.move_ids.picking_id
            if moved.filtered("mto_project_id"):
                shared[order.with_env(self.env)] = (order.picking_ids | moved).with_env(
                    self.env
                )
        return shared

    # Actions

    def action_mto_view_project(self):
        """Open what the order is a part of."""
        check_access(self, "read")
        return self._mto_get_projects()._get_action()

    # The customer

    def _mto_get_customer_project(self, user):
        """What the order is a part of, if a user may know of the other orders.

        A link to one order, which anybody may have got, tells nothing of the others.
        """
        self.ensure_one()
        # Superuser: for the portal, of the customer's own order.
        project = self.sudo().mto_project_id
        customer = user.partner_id.commercial_partner_id
        is_known = not user._is_public() and (
            user._is_internal() or customer == project.commercial_partner_id
        )
        return project.filtered(lambda project: is_known)

    def _mto_get_expected_date(self):
        """When the customer gets the last of the order, as things stand."""
        self.ensure_one()
        if self.state in OPEN_STATES:
            return self._mto_get_customer_date()
        lines = self._mto_get_lines()
        moved = any(line._mto_is_moved() for line in lines)
        return self.mto_projected_date if moved else self._mto_get_customer_date()
