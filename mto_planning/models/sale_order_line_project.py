from odoo import api, fields, models

from ..bridge.access import check_access, order_name
from .mto_progress import RISKS
from .sale_order_line import OPEN_STATES


class SaleOrderLine(models.Model):
    """An order line as part of an installation, and what is delivered with it."""

    _inherit = "sale.order.line"

    mto_project_id = fields.Many2one(
        "mto.project",
        string="Installation",
        compute="_compute_mto_project_id",
        store=True,
        readonly=False,
        copy=False,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        help="What this line is a part of; as its order, if nothing else is said.",
    )
    # What is the line's own, before what is delivered with it is looked at.
    mto_ready_date = fields.Datetime(
        "Projected Alone",
        compute="_compute_mto_progress",
        store=True,
        groups="base.group_user",
    )
    mto_own_risk = fields.Selection(
        RISKS,
        string="Own Risk",
        compute="_compute_mto_progress",
        store=True,
        groups="base.group_user",
    )
    mto_own_trouble = fields.Char(
        "Own Trouble",
        compute="_compute_mto_trouble",
        compute_sudo=True,
        groups="base.group_user",
    )
    mto_hindered_by_id = fields.Many2one(
        "sale.order.line",
        string="Hindered By",
        compute="_compute_mto_outlook",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        help="What is delivered with it and is in more trouble.",
    )
    mto_waits_for_line_id = fields.Many2one(
        related="mto_promise_id.waits_for_line_id",
        string="Waits For",
        groups="base.group_user",
    )
    mto_own_date = fields.Datetime(
        related="mto_promise_id.own_date",
        string="Could Be Delivered Alone",
        groups="base.group_user",
    )

    @api.depends("order_id")
    def _compute_mto_project_id(self):
        for line in self:
            project = line.order_id.mto_project_id
            line.mto_project_id = line.mto_project_id or project

    @api.depends(
        "state",
        "mto_stage",
        "mto_ready_date",
        "mto_own_risk",
        "mto_promise_id.promise_date",
        "mto_project_id.line_ids.mto_stage",
        "mto_project_id.line_ids.mto_ready_date",
        "mto_project_id.line_ids.mto_own_risk",
    )
    def _compute_mto_outlook(self):
        for line, values in self.env["mto.progress"]._look_out(self).items():
            line.update(values)

    @api.depends("mto_promise_id.constraint_text", "mto_promise_id.waits_for_line_id")
    @api.depends_context("lang", "uid")
    def _compute_mto_promise_text(self):
        for line in self:
            promise = line.mto_promise_id
            other = promise.waits_for_line_id
            line.mto_promise_text = promise.constraint_text
            if other:
                line.mto_promise_text = self.env._(
                    "Delivered together with %(product)s of %(order)s. %(reason)s",
                    product=other.product_id.display_name,
                    order=order_name(other.order_id),
                    reason=other.mto_promise_id.constraint_text or "",
                )

    @api.depends("mto_project_id.requested_date")
    def _compute_mto_promise_state(self):
        return super()._compute_mto_promise_state()

    @api.constrains("mto_project_id", "order_id")
    def _check_mto_project_id(self):
        self._mto_check_project()

    def _mto_check_project(self):
        for line in self.filtered("mto_project_id"):
            line.mto_project_id._check_customer(line.order_id)

    def _mto_get_requested_date(self):
        """Without a date of its own or of its order, that of the whole installation."""
        asked = super()._mto_get_requested_date()
        # Superuser: the installation may be that of a colleague.
        return asked or self.sudo().mto_project_id.requested_date

    # Belonging to another installation

    @api.model_create_multi
    def create(self, vals_list):
        self.env["mto.project"]._check_joining(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if "mto_project_id" not in vals:
            return super().write(vals)
        self.env["mto.project"]._check_joining([vals])
        before = self._mto_get_shared_projects()
        result = super().write(vals)
        together = before | self._mto_get_shared_projects()
        if together:
            # Of the left ones, too.
            lines = together.line_ids | self
            lines._mto_tell_together()
            lines.move_ids._mto_regroup()
        return result

    def unlink(self):
        projects = self._mto_get_shared_projects()
        result = super().unlink()
        projects.line_ids._mto_tell_together()
        return result

    def mto_split(self, quantities):
        """Its parts belong to what the line belongs to."""
        line_ids = super().mto_split(quantities)
        self.browse(line_ids).mto_project_id = self.mto_project_id
        return line_ids

    # Delivered together

    def _mto_get_shared_projects(self):
        """Their installations that are delivered in one go, as superuser."""
        # Superuser: the installation, and the others in it, may be a colleague's.
        return self.sudo().mto_project_id.filtered("deliver_together")

    def _mto_tell_together(self, fresh=None):
        """Tell what lines have together with what is delivered with them.

        :param fresh: see ``mto.shipment._tell``.
        """
        self.env["mto.shipment"]._tell(self, self & (fresh or self.browse()))

    def _mto_record_promises(self, answers, state, holds=None):
        promises = super()._mto_record_promises(answers, state, holds)
        self._mto_tell_fresh()
        return promises

    def _mto_move_promise(self, shift, reason, requested=None):
        result = super()._mto_move_promise(shift, reason, requested)
        self._mto_tell_fresh()
        return result

    def _mto_tell_fresh(self):
        """The ledger has got new promises of lines: those delivered with them follow.

        A quotation that was told alone may wait for them now.
        """
        together = self._mto_get_shared_projects()
        if together:
            together.line_ids._mto_tell_together(fresh=self)

    def _mto_drop(self):
        result = super()._mto_drop()
        others = self._mto_get_shared_projects().line_ids - self
        others._mto_tell_together()
        return result

    def _mto_tell_shared(self, values, is_fresh):
        """Write what a line has together with others into the ledger, and follow it.

        :param values: of its promise, see ``mto.shipment._get_dates``.
        :param is_fresh: whether nobody was told the promise that it has.
        """
        self.ensure_one()
        order, promise = self.order_id, self.mto_promise_id
        told = order.filtered(lambda order: order._mto_is_told_date())
        if is_fresh:
            is_first = self.mto_promise_ids == promise
            promise.update(values)
        else:
            is_first = False
            promise = promise._replace(values)
            self.mto_promise_id = promise
        wanted = promise.requested_date
        promise.on_request = not wanted or promise.promise_date <= wanted
        if is_first:
            promise.first_promise_date = promise.promise_date
            self.mto_first_promise_date = promise.promise_date
        if self.state == "sale":
            told._mto_tell_latest()
            self._mto_deliver_as_told()

    def _mto_deliver_as_told(self):
        """Let the delivery, and what is made for it, stand at the promised date."""
        promise = self.mto_promise_id
        self._mto_set_delivery()
        deadline = self.order_id.commitment_date or promise.promise_date
        self._mto_get_open_deliveries().date_deadline = deadline
        tops = self._mto_get_open_productions()._mto_get_tops()
        tops.mto_need_date = promise.shipping_date

    def _mto_prepare_told(self):
        """What is told of a quotation's line, as superuser, that waits for others."""
        promise = self.mto_promise_id
        other = promise.waits_for_line_id
        if not other:
            return {}
        to_string = fields.Datetime.to_string
        return {
            "promise_date": to_string(promise.promise_date),
            "planned_date": to_string(promise.planned_date),
            "on_request": promise.on_request,
            "own_date": to_string(promise.own_date),
            "waits_for": {
                "line_id": other.with_user(self.env.user).has_access("read")
                and other.id,
                "order": order_name(other.order_id),
                "product": other.product_id.display_name,
            },
        }

    def _mto_misses_others(self):
        """Whether a quotation's line waits for one that has no date to tell."""
        project = self._mto_get_shared_projects()
        if self.state not in OPEN_STATES or not project:
            return False
        together = self.env["mto.shipment"]._get_together(project)
        return not all(one._mto_get_told_date() for one in together)

    # Actions

    def action_mto_view_project(self):
        """Open what the line is a part of."""
        check_access(self, "read")
        return self.mto_project_id._get_action()
