from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .. import engine
from ..bridge import ShopLoader, to_seconds
from ..bridge.clock import HORIZON_DAYS
from ..bridge.shop import OPEN_MOVE_STATES

# More of a kind than anybody reads.
MAX_FOUND = 100

# What is planned on a work center at once: each booking begins, and ends. Work that
# runs is left out: whoever starts it out of its turn makes no plan wrong, only late.
DOUBLE_BOOKED = """
    WITH booking AS (
        SELECT resource_id, date_from, date_to
          FROM resource_calendar_leaves leaf
         WHERE time_type = 'other' AND date_to > %(now)s AND date_from < date_to
           AND resource_id IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM mrp_workorder
                            WHERE leave_id = leaf.id AND state = 'progress')
    ), edge AS (
        SELECT resource_id, date_from AS moment, 1 AS change FROM booking
         UNION ALL
        SELECT resource_id, date_to, -1 FROM booking
    ), running AS (
        SELECT resource_id, moment,
               sum(change) OVER (
                   PARTITION BY resource_id ORDER BY moment, change
               ) AS count
          FROM edge
    )
    SELECT center.id, min(running.moment), max(running.count)
      FROM running
      JOIN mrp_workcenter center ON center.resource_id = running.resource_id
     WHERE running.count > center.mto_machines AND center.company_id IN %(companies)s
     GROUP BY center.id
     ORDER BY center.id"""

# Work that is still to begin, before what it waits for has ended.
TOO_EARLY = """
    SELECT DISTINCT work.id
      FROM mrp_workorder work
      JOIN mrp_production production ON production.id = work.production_id
      JOIN mrp_workorder_dependencies_rel rel ON rel.workorder_id = work.id
      JOIN mrp_workorder blocker ON blocker.id = rel.blocked_by_id
     WHERE production.mto_line_id IS NOT NULL
       AND production.company_id IN %(companies)s
       AND work.state IN ('blocked', 'ready') AND work.leave_id IS NOT NULL
       AND blocker.state NOT IN ('done', 'cancel')
       AND work.date_start < blocker.date_finished
     ORDER BY work.id"""

# Orders that begin to consume before their sub-assembly is made.
PARENT_TOO_EARLY = """
    SELECT DISTINCT child.id
      FROM mrp_production child
      JOIN stock_move made ON made.production_id = child.id
      JOIN stock_move_move_rel rel ON rel.move_orig_id = made.id
      JOIN stock_move used ON used.id = rel.move_dest_id
      JOIN mrp_production parent ON parent.id = used.raw_material_production_id
     WHERE child.mto_line_id IS NOT NULL AND child.company_id IN %(companies)s
       AND child.state IN ('confirmed', 'progress') AND child.is_planned
       AND parent.state = 'confirmed' AND parent.is_planned
       AND child.date_finished > used.date
     ORDER BY child.id"""

# What comes is meant for more than there is of it.
PEGGED_TWICE = """
    SELECT origin.id
      FROM stock_move origin
      JOIN stock_move_move_rel rel ON rel.move_orig_id = origin.id
      JOIN stock_move used ON used.id = rel.move_dest_id
     WHERE origin.mto_line_id IS NOT NULL AND origin.company_id IN %(companies)s
       AND origin.state IN %(open)s AND used.state != 'cancel'
       AND NOT EXISTS (SELECT 1 FROM stock_move_move_rel other
                        WHERE other.move_dest_id = used.id
                          AND other.move_orig_id != origin.id)
       -- What is asked of vendors has no receipt yet.
       AND NOT EXISTS (SELECT 1 FROM stock_move_created_purchase_line_rel asked
                         JOIN purchase_order_line line
                           ON line.id = asked.created_purchase_line_id
                         JOIN purchase_order bought ON bought.id = line.order_id
                        WHERE asked.move_id = used.id
                          AND bought.state IN ('draft', 'sent', 'to approve'))
     GROUP BY origin.id, origin.product_qty
    HAVING sum(used.product_qty) > origin.product_qty + 0.001
     ORDER BY origin.id"""

UNWANTED_PRODUCTION = """
    SELECT production.id
      FROM mrp_production production
      JOIN sale_order_line line ON line.id = production.mto_line_id
     WHERE production.state IN ('draft', 'confirmed') AND line.state != 'sale'
       AND production.company_id IN %(companies)s
     ORDER BY production.id"""

UNWANTED_PURCHASE = """
    SELECT purchase.id
      FROM purchase_order_line purchase
      JOIN sale_order_line line ON line.id = purchase.mto_line_id
      JOIN purchase_order bought ON bought.id = purchase.order_id
     WHERE bought.state IN ('draft', 'sent', 'to approve') AND line.state != 'sale'
       AND purchase.product_qty > 0 AND purchase.company_id IN %(companies)s
     ORDER BY purchase.id"""

# Held capacity whose promise is not held, or that core's planning does not see.
STRAY_HOLD = """
    SELECT slot.id
      FROM mto_promise_slot slot
      JOIN mto_promise promise ON promise.id = slot.promise_id
      JOIN sale_order_line line ON line.id = slot.line_id
     WHERE slot.company_id IN %(companies)s
       AND (promise.state != 'held' OR line.state NOT IN ('draft', 'sent')
            OR NOT EXISTS (SELECT 1 FROM resource_calendar_leaves leaf
                            WHERE leaf.mto_slot_id = slot.id))
     ORDER BY slot.id"""

# Material that is held for a promise that is not, or for an order that is confirmed.
STRAY_PART = """
    SELECT part.id
      FROM mto_promise_part part
      JOIN mto_promise promise ON promise.id = part.promise_id
      JOIN sale_order_line line ON line.id = promise.line_id
     WHERE line.company_id IN %(companies)s
       AND (promise.state != 'held' OR line.state NOT IN ('draft', 'sent'))
     ORDER BY part.id"""

# Work that waits to begin, and a booking that says another time or place.
BOOKED_ELSEWHERE = """
    SELECT work.id
      FROM mrp_workorder work
      JOIN mrp_production production ON production.id = work.production_id
      JOIN mrp_workcenter center ON center.id = work.workcenter_id
      JOIN resource_calendar_leaves leaf ON leaf.id = work.leave_id
     WHERE production.mto_line_id IS NOT NULL
       AND production.company_id IN %(companies)s
       AND work.state IN ('blocked', 'ready')
       AND (leaf.date_from, leaf.date_to, leaf.resource_id) IS DISTINCT FROM
           (work.date_start, work.date_finished, center.resource_id)
     ORDER BY work.id"""

FOREIGN_LEVEL = """
    SELECT part.id
      FROM mrp_bom_line part
      JOIN mrp_bom parent ON parent.id = part.bom_id
      JOIN mrp_bom child ON child.id = part.mto_child_bom_id
     WHERE parent.mto_line_id IS DISTINCT FROM child.mto_line_id
       AND parent.company_id IN %(companies)s
     ORDER BY part.id"""


class MtoPlanner(models.AbstractModel):
    """Whether all that stands in the database can be true."""

    _inherit = "mto.planner"

    @api.model
    @api.readonly
    def check_consistency(self):
        """Check on live data what must always hold. Nothing is changed.

        :return: list of ``{"check", "text", "model", "ids"}``, empty if all is well:
            the name of what was broken, a sentence, and the records (at most 100).
        :raises AccessError: the user is no administrator.
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._("Checking the plan needs administration rights.")
            )
        self.env.flush_all()
        found = [
            self._check_double_booking(),
            self._check_working_time(),
            *(self._check_rows(*check) for check in self._get_row_checks()),
        ]
        return [problem for problem in found if problem]

    @api.model
    def _get_row_checks(self):
        """Hook: ``(name, model, query of ids, sentence)`` of each check by a query."""
        return [*self._get_time_checks(), *self._get_demand_checks()]

    @api.model
    def _get_time_checks(self):
        """Of when work is planned and booked."""
        return [
            (
                "precedence",
                "mrp.workorder",
                TOO_EARLY,
                self.env._("Work begins before the work that it waits for ends."),
            ),
            (
                "sub_assembly",
                "mrp.production",
                PARENT_TOO_EARLY,
                self.env._("A sub-assembly is made after it is needed."),
            ),
            (
                "booking",
                "mrp.workorder",
                BOOKED_ELSEWHERE,
                self.env._("The booking of work is at another time or work center."),
            ),
        ]

    @api.model
    def _get_demand_checks(self):
        """Of what is made, bought and held, and for whom."""
        return [
            (
                "material",
                "stock.move",
                PEGGED_TWICE,
                self.env._("More is meant to be taken from a receipt than it brings."),
            ),
            (
                "unwanted_production",
                "mrp.production",
                UNWANTED_PRODUCTION,
                self.env._("Manufacturing orders are open for orders that are not."),
            ),
            (
                "unwanted_purchase",
                "purchase.order.line",
                UNWANTED_PURCHASE,
                self.env._("Requests for quotation are open for orders that are not."),
            ),
            (
                "hold",
                "mto.promise.slot",
                STRAY_HOLD,
                self.env._(
                    "Capacity is held for a promise that is not, or not seen by all."
                ),
            ),
            (
                "held_material",
                "mto.promise.part",
                STRAY_PART,
                self.env._("Material is held for a promise that is not."),
            ),
            (
                "order_bom",
                "mrp.bom.line",
                FOREIGN_LEVEL,
                self.env._(
                    "A level is made with the bill of materials of another order line."
                ),
            ),
        ]

    @api.model
    def _select_broken(self, query, **values):
        companies = tuple(self.env.companies.ids) or (0,)
        return self.env.execute_query(
            SQL(
                f"{query} LIMIT {MAX_FOUND}",
                companies=companies,
                now=fields.Datetime.now(),
                open=tuple(OPEN_MOVE_STATES),
                **values,
            )
        )

    @api.model
    def _check_rows(self, name, model, query, text):
        return self._broken(
            name, model, [row[0] for row in self._select_broken(query)], text
        )

    @api.model
    def _broken(self, name, model, ids, text):
        return ids and {"check": name, "text": text, "model": model, "ids": ids}

    @api.model
    def _check_double_booking(self):
        """No work center has more work at once than it has machines."""
        ids = [center_id for center_id, *_more in self._select_broken(DOUBLE_BOOKED)]
        text = self.env._("More work is planned at once than there are machines.")
        return self._broken("double_booking", "mrp.workcenter", ids, text)

    @api.model
    def _check_working_time(self):
        """Work that is still to begin starts and ends in working time."""
        # Superuser: administrators need not have rights in manufacturing.
        workorders = (
            self.env["mrp.workorder"]
            .sudo()
            .search(
                [
                    ("production_id.mto_line_id", "!=", False),
                    ("company_id", "in", self.env.companies.ids),
                    ("state", "in", ["blocked", "ready"]),
                    ("leave_id", "!=", False),
                    ("date_start", ">", fields.Datetime.now()),
                ]
            )
        )
        ids = []
        for company, works in workorders.grouped("company_id").items():
            env = self._get_planning_env(company)
            moment = fields.Datetime.now().replace(second=0, microsecond=0)
            loader = ShopLoader(env, self._get_memory(), moment, HORIZON_DAYS)
            axes = {
                resource.key: engine.Axis(resource.calendar.spans)
                for resource in loader.resources(works.workcenter_id.ids)
            }
            ids += [
                work.id
                for work in works
                if _is_outside(work, axes[work.workcenter_id.id])
            ]
        text = self.env._("Work starts or ends when its work center is closed.")
        return self._broken("working_time", "mrp.workorder", ids[:MAX_FOUND], text)


def _is_outside(work, axis):
    start, finish = to_seconds(work.date_start), to_seconds(work.date_finished)
    if start == finish:
        return False
    if not axis.total:
        return True
    begun, ended = axis.work(start), axis.work(finish)
    return axis.start(begun) != start or axis.finish(ended) != finish
