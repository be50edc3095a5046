"""Mending what ``check_consistency`` has found."""

import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..bridge import to_seconds
from ..bridge.figures import format_number
from .mto_progress import is_started
from .trial import SILENT, taken_back

_logger = logging.getLogger(__name__)
# What a program can put right; the rest needs somebody who knows what is true.
REPAIRED = (
    "booking",
    "double_booking",
    "working_time",
    "precedence",
    "sub_assembly",
    "unwanted_production",
    "unwanted_purchase",
    "hold",
    "held_material",
    "order_bom",
)
CHECKS = (*REPAIRED, "material")


class MtoPlanner(models.AbstractModel):
    """Repairs of the plan: what they do is shown first, and all of it or nothing."""

    _inherit = "mto.planner"

    @api.model
    def repair_consistency(self, check, dry_run=False):
        """Mend what one check of ``check_consistency`` has found.

        After it, nothing that was found is left but what is told as left for people,
        and nothing else is broken; or it is taken back whole, with an error.

        :param str check: the name of the check.
        :param bool dry_run: do it and take it back, to see what would be done.
        :return: ``{"check", "repaired", "by_hand"}``: lists of ``{"model", "id",
            "name", "text"}``: what is done to each record, and what people have to do.
        :raises AccessError: the user is no administrator.
        :raises ValidationError: there is no such check.
        :raises UserError: it cannot be mended so; says why.
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._("Repairing the plan needs administration rights.")
            )
        if check not in CHECKS:
            raise ValidationError(
                self.env._(
                    "“check” must be one of %(known)s, not “%(value)s”.",
                    known=", ".join(CHECKS),
                    value=str(check)[:60],
                )
            )
        self.env.companies._mto_guard_plan()
        with taken_back(self.env) if dry_run else self.env.cr.savepoint():
            # Superuser: administrators need not have rights in sales and manufacturing.
            planner = self.sudo().with_context(**SILENT)
            rows = planner._repair(check)
        names = ("model", "id", "name", "text")
        told = {
            is_done: [
                {name: row[name] for name in names}
                for row in rows
                if row["is_done"] == is_done
            ]
            for is_done in (True, False)
        }
        return {"check": check, "repaired": told[True], "by_hand": told[False]}

    @api.model
    def _repair(self, check):
        """Mend it, look whether that helped, and note it.

        :return: rows as of the public method, with ``is_done`` and ``thread``.
        """
        before = {one["check"]: one for one in self.check_consistency()}
        if check not in before:
            return []
        found = self.env[before[check]["model"]].browse(before[check]["ids"])
        rows = getattr(self, f"_repair_{check}")(found)
        self.env.flush_all()
        self.env.invalidate_all()
        self._check_repaired(check, before, rows)
        self._note_repair(check, rows)
        return rows

    @api.model
    def _check_repaired(self, check, before, rows):
        """Refuse a repair that leaves what it was for, or breaks something else."""
        left = {(row["model"], row["id"]) for row in rows if not row["is_done"]}
        for problem in self.check_consistency():
            known = set(before.get(problem["check"], {"ids": ()})["ids"])
            if problem["check"] == check:
                known = {one for one in known if (problem["model"], one) in left}
            wrong = sorted(set(problem["ids"]) - known)
            if wrong:
                record = self.env[problem["model"]].browse(wrong[0])
                raise UserError(
                    self.env._(
                        "Nothing was changed: after the repair this would be wrong "
                        "with %(name)s: %(problem)s Mend it by hand: %(advice)s",
                        name=record.display_name,
                        problem=problem["text"],
                        advice=self._get_advice(problem["check"]),
                    )
                )

    @api.model
    def _note_repair(self, check, rows):
        """In the chatter of what was changed, and in the log of the server."""
        for row in rows:
            if not row["is_done"]:
                continue
            for thread in row["thread"].exists():
                thread._message_log(
                    body=self.env._(
                        "The plan was repaired. %(name)s: %(text)s",
                        name=row["name"],
                        text=row["text"],
                    )
                )
            _logger.info(
                "Repair %s by %s: %s %s: %s",
                check,
                self.env.user.login,
                row["model"],
                row["id"],
                row["text"],
            )

    @api.model
    def _get_thread(self, record):
        """Where it is told what happened to a record, which may go."""
        names = {
            "mrp.workorder": "production_id",
            "purchase.order.line": "order_id",
            "mto.promise.slot": "order_id",
            "mto.promise.part": "order_id",
            "mrp.bom.line": "bom_id",
        }
        thread = record[names[record._name]] if record._name in names else record
        return thread if "message_ids" in thread._fields else thread.browse()

    @api.model
    def _get_advice(self, check):
        """What people can do about what a check has found, in a sentence."""
        plan = self.env._("Open them and use Plan, or Plan Anew for the whole shop.")
        return {
            "booking": plan,
            "double_booking": plan,
            "working_time": plan,
            "precedence": plan,
            "sub_assembly": plan,
            "material": self.env._(
                "Open the receipt and what takes from it, order what is missing, or "
                "unreserve one of them: only people know who is to have it."
            ),
            "unwanted_production": self.env._(
                "What has begun is finished, or cancelled, by who makes it."
            ),
            "unwanted_purchase": self.env._("Cancel the request for quotation."),
            "hold": self.env._("Release the hold of the quotation."),
            "held_material": self.env._("Release the hold of the quotation."),
            "order_bom": self.env._(
                "Open the bill of materials of the order and remove the component, or "
                "reset what the line is made of."
            ),
        }[check]

    @api.model
    def _row(self, record, text, is_done=True):
        return {
            "model": record._name,
            "id": record.id,
            "name": record.display_name,
            "text": text,
            "is_done": is_done,
            "thread": self._get_thread(record),
        }

    # Times

    @api.model
    def _repair_double_booking(self, centers):
        """Book what is booked elsewhere than it stands, then plan anew what is left."""
        works = self.env["mrp.workorder"].search(
            [
                ("workcenter_id", "in", centers.ids),
                ("state", "in", ["blocked", "ready"]),
                ("leave_id", "!=", False),
            ]
        )
        rows = self._repair_booking(works)
        self.env.flush_all()
        left = self._check_double_booking()
        if left:
            still = works.filtered(lambda work: work.workcenter_id.id in left["ids"])
            rows += self._place_anew(still.production_id.mto_line_id)
        return rows

    @api.model
    def _repair_booking(self, workorders):
        """Book work when and where it is planned."""
        rows = []
        for work in workorders:
            leave, resource = work.leave_id, work.workcenter_id.resource_id
            booked = (leave.date_from, leave.date_to, leave.resource_id)
            if booked == (work.date_start, work.date_finished, resource):
                continue
            leave.write(
                {
                    "date_from": work.date_start,
                    "date_to": work.date_finished,
                    "resource_id": resource.id,
                    "calendar_id": work.workcenter_id.resource_calendar_id.id,
                }
            )
            rows.append(self._row(work, self.env._("It is booked when it is planned.")))
        return rows

    @api.model
    def _repair_working_time(self, workorders):
        return self._place_anew(workorders.production_id.mto_line_id)

    @api.model
    def _repair_precedence(self, workorders):
        return self._place_anew(workorders.production_id.mto_line_id)

    @api.model
    def _repair_sub_assembly(self, productions):
        return self._place_anew(productions.mto_line_id)

    @api.model
    def _place_anew(self, lines):
        """New times for all open work of lines; that of others stays."""
        rows, now = [], to_seconds(fields.Datetime.now())
        productions = lines._mto_get_open_productions().filtered(
            lambda one: one.state in ("confirmed", "progress")
        )
        before = {one: one.date_start for one in productions.workorder_ids}
        ends = {one: one.date_finished for one in productions}
        for _company, own in productions.grouped("company_id").items():
            placement = self._place(own, frozen_until=now, fixed_until=now)
            unplanned = placement.as_dict()["unplanned"]
            if unplanned:
                raise UserError(unplanned[0]["reason"])
        for work, start in before.items():
            if work.date_start != start:
                rows.append(self._row(work, self._describe_start(work, start)))
        moved = {self.env["mrp.workorder"].browse(row["id"]) for row in rows}
        for production, end in ends.items():
            is_told = moved & set(production.workorder_ids)
            if production.date_finished != end and not is_told:
                text = self.env._(
                    "It ends on %(after)s, before it was %(before)s.",
                    after=self._format_moment(production.date_finished),
                    before=self._format_moment(end),
                )
                rows.append(self._row(production, text))
        return rows

    @api.model
    def _describe_start(self, work, before):
        return self.env._(
            "It begins on %(after)s, before it was %(before)s.",
            after=self._format_moment(work.date_start),
            before=self._format_moment(before),
        )

    @api.model
    def _format_moment(self, moment):
        if not moment:
            return self.env._("no date")
        return self.env["sale.order"]._mto_format(moment)

    @api.model
    def _repair_material(self, moves):
        """Nobody but people knows who is to have it."""
        advice = self._get_advice("material")
        return [self._row(move, advice, is_done=False) for move in moves]

    # What nobody wants

    @api.model
    def _repair_unwanted_production(self, productions):
        rows = []
        # From what is delivered downwards: what is below goes with it.
        for production in productions.sorted("id"):
            if is_started(production) or production.state == "cancel":
                text = self._get_advice("unwanted_production")
                is_done = production.state == "cancel"
                text = self.env._("It is cancelled.") if is_done else text
                rows.append(self._row(production, text, is_done))
                continue
            production._mto_give_up(production.product_uom_qty)
            rows.append(self._row(production, self.env._("It is cancelled.")))
        return rows

    @api.model
    def _repair_unwanted_purchase(self, purchases):
        rows = [
            self._row(
                purchase,
                self.env._(
                    "%(quantity)s are not asked for any more.",
                    quantity=format_number(self.env, purchase.product_qty),
                ),
            )
            for purchase in purchases
        ]
        for purchase in purchases.exists():
            purchase._mto_give_up(purchase.product_uom_qty)
        return rows

    # Holds

    @api.model
    def _repair_hold(self, slots):
        """Let go of what nobody holds; book what is held and not booked."""
        stray = slots.filtered(lambda slot: not self._is_held(slot.promise_id))
        rows = [
            self._row(slot, self.env._("Its time is free for others."))
            for slot in stray
        ]
        for slot in slots - stray:
            slot._book()
            rows.append(self._row(slot, self.env._("Its time is booked.")))
        stray.unlink()
        return rows

    @api.model
    def _repair_held_material(self, parts):
        rows = [self._row(part, self.env._("It is free for others.")) for part in parts]
        parts.unlink()
        return rows

    @api.model
    def _is_held(self, promise):
        return promise.state == "held" and promise.line_id.state in ("draft", "sent")

    # Bills of materials

    @api.model
    def _repair_order_bom(self, parts):
        """Make a level with the bill of materials of its own order line."""
        rows = []
        for part in parts:
            own = part.bom_id.mto_line_id.mto_bom_ids.filtered(
                lambda bom, part=part: (
                    bom.product_id == part.product_id
                    and bom.mto_parent_line_ids <= part
                )
            )
            if len(own) != 1:
                advice = self._get_advice("order_bom")
                rows.append(self._row(part, advice, is_done=False))
                continue
            part.mto_child_bom_id = own
            rows.append(
                self._row(part, self.env._("It is made with %s.", own.display_name))
            )
        return rows
