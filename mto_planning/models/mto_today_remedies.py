"""What can be done about a line at risk, who may do it, and doing it."""

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ..bridge.parse import shown
from .mto_notice import ASK_TO_TELL
from .mto_today import BUYER, PLANNER, SALES

# The rules: what is done about each cause, the best first. Of these the first that the
# user may do is suggested, the others are in its menu.
REMEDIES = {
    "impossible": ("open_line",),
    "lost": ("bring", "open_purchase", "ask_buyer", "open_cause"),
    "short": ("bring", "open_purchase", "ask_buyer", "open_cause"),
    "missing": ("bring", "open_cause"),
    "stock": ("plan_anew", "open_cause"),
    "purchase": ("open_purchase", "ask_buyer", "plan_anew"),
    "unordered": ("open_purchase", "ask_buyer", "plan_anew"),
    "blocked": ("plan_anew", "open_cause"),
    "closed": ("plan_anew", "open_cause"),
    "overdue": ("plan_anew", "open_cause"),
    "overrun": ("open_cause", "plan_anew"),
    "plan": ("plan_anew", "open_cause"),
    "delivery": ("open_cause",),
    "inspection": ("open_cause",),
}
# When it is late the customer has to know: after all else for those who can help, first
# for others, and when nothing but the plan is in the way.
TELL = ("tell_customer", "ask_sales")
# What the customer has asked for comes before all else.
ASKED = ("send_part",)
ALWAYS = ("open_line",)
# Who may do what.
GROUPS = {
    "bring": PLANNER,
    "plan_anew": PLANNER,
    "open_purchase": BUYER,
    "tell_customer": SALES,
    "send_part": SALES,
}


class MtoToday(models.AbstractModel):
    _inherit = "mto.today"

    # Public interface

    @api.model
    def act(self, line_id, remedy):
        """Do what is suggested for a line.

        :param remedy: one of the line's ``remedies``.
        :return: an action to open, or ``{"message": …}`` of what was done.
        :raises UserError: or one of its kinds: what is not to be done for that line.
        """
        line = self._check_line(line_id)
        seen = self._look_at(line)[line]
        known = [row["remedy"] for row in self._get_remedies(line, seen)]
        if not isinstance(remedy, str) or remedy not in known:
            raise ValidationError(
                self.env._(
                    "“remedy” of %(order)s must be one of %(known)s, not “%(value)s”.",
                    order=line.order_id.name,
                    known=", ".join(known),
                    value=shown(remedy),
                )
            )
        return getattr(self, f"_do_{remedy}")(line, seen.cause)

    # What may be done

    @api.model
    def _get_remedies(self, line, seen):
        """What this user may do about a line, the best first."""
        names = REMEDIES.get(line.mto_cause, ())
        tell = TELL if line.mto_slack_hours < 0 else ()
        is_first = line.mto_cause == "plan" or not self._may_help()
        names = (*tell, *names) if is_first else (*names, *tell)
        labels = self._get_remedy_labels()
        return [
            {"remedy": name, "label": labels[name]}
            for name in dict.fromkeys((*ASKED, *names, *ALWAYS))
            if self._may(name, line, seen)
        ]

    @api.model
    def _get_remedy_labels(self):
        return {
            "ask_buyer": self.env._("Ask the Buyer"),
            "ask_sales": self.env._("Ask Sales to Tell the Customer"),
            "bring": self.env._("Make or Buy What Is Missing"),
            "open_cause": self.env._("Open What Causes It"),
            "open_line": self.env._("Show the Timeline"),
            "open_purchase": self.env._("Open the Purchase"),
            "plan_anew": self.env._("Plan This Order Anew"),
            "send_part": self.env._("Send First What Is Ready"),
            "tell_customer": self.env._("Tell the Customer"),
        }

    @api.model
    def _may(self, remedy, line, seen):
        """Whether a remedy is for this user and helps: its group, and its own check."""
        group = GROUPS.get(remedy)
        if group and not self._is(group):
            return False
        if remedy in TELL and not line.order_id.mto_can_tell:
            # He knows already.
            return False
        check = getattr(self, f"_may_{remedy}", None)
        return check is None or check(line, seen)

    @api.model
    def _may_ask_sales(self, _line, _seen):
        return not self._is(SALES)

    @api.model
    def _may_ask_buyer(self, _line, seen):
        return seen.is_purchase() and not self._is(BUYER)

    @api.model
    def _may_open_purchase(self, _line, seen):
        return seen.is_purchase()

    @api.model
    def _may_bring(self, _line, seen):
        # A delivery that was cancelled is made again by people.
        return seen.cause._name != "stock.picking"

    @api.model
    def _may_plan_anew(self, line, _seen):
        return bool(line._mto_get_open_productions())

    @api.model
    def _may_send_part(self, line, seen):
        return seen.may_open_line and line.order_id.mto_can_deliver_part

    @api.model
    def _may_open_cause(self, _line, seen):
        is_opened = seen.is_purchase() and self._is(BUYER)
        return self._may_help() and seen.may_open_cause and not is_opened

    @api.model
    def _may_open_line(self, _line, seen):
        return seen.may_open_line

    # Doing it

    @api.model
    def _do_open_line(self, line, _cause):
        return line.with_user(self.env.user).action_mto_open()

    @api.model
    def _do_open_cause(self, _line, cause):
        return self._open(cause)

    @api.model
    def _do_open_purchase(self, _line, cause):
        return self._open(cause)

    @api.model
    def _open(self, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    @api.model
    def _do_plan_anew(self, line, _cause):
        """Find new times for the order's own work; nobody else's moves."""
        before = line.mto_projected_date
        answer = self.env["mto.planner"].replan(
            {
                "company_id": line.company_id.id,
                "production_ids": line._mto_get_open_productions().ids,
            }
        )
        line._mto_measure_again()
        if answer["unplanned"]:
            raise UserError(answer["unplanned"][0]["reason"])
        if not answer["moved_workorders"]:
            message = self.env._(
                "%s: its work cannot be placed better without moving others.",
                line.order_id.name,
            )
            return {"message": message}
        return {
            "message": self.env._(
                "%(order)s: its work has new times. Delivery on %(after)s, before it "
                "was %(before)s.",
                order=line.order_id.name,
                after=line.order_id._mto_format(line.mto_projected_date),
                before=before and line.order_id._mto_format(before),
            )
        }

    @api.model
    def _do_bring(self, line, _cause):
        """Make or buy what nothing brings any more."""
        brought = line._mto_bring_missing()
        if not brought:
            message = self.env._("%s: nothing is missing any more.", line.order_id.name)
            return {"message": message}
        return {
            "message": self.env._(
                "%(order)s: %(what)s is on its way again.",
                order=line.order_id.name,
                what=", ".join(brought),
            )
        }

    @api.model
    def _do_ask_buyer(self, line, cause):
        return self._ask(
            cause,
            self._get_buyer(cause),
            self.env._("When do the parts come?"),
            line.mto_trouble,
        )

    @api.model
    def _get_buyer(self, purchase):
        """Who buys from that vendor; of all buyers rather one than their manager."""
        buyer = purchase.user_id or purchase.partner_id.buyer_id
        if buyer:
            return buyer
        # Superuser: a planner may not see the groups of others.
        buyers = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", self.env.ref(BUYER).ids),
                    ("company_ids", "in", purchase.company_id.ids),
                    ("share", "=", False),
                ],
                order="id",
            )
        )
        managers = buyers.filtered(
            lambda user: user.has_group("purchase.group_purchase_manager")
        )
        return (buyers - managers)[:1] or managers[:1] or self.env.user

    @api.model
    def _do_ask_sales(self, line, _cause):
        order = line.order_id
        return self._ask(
            order,
            order.user_id or self.env.user,
            self.env._("Tell the customer the new date"),
            self._get_news(line),
            ASK_TO_TELL,
        )

    @api.model
    def _ask(self, record, user, summary, note, kind="mail.mail_activity_data_todo"):
        """Give somebody something to do, once.

        :param record: as superuser: who is asked may read it; who asks may not.
        """
        asked = record.activity_ids.filtered(
            lambda activity: activity.user_id == user and activity.summary == summary
        )
        if asked:
            message = self.env._("%s has been asked already.", user.name)
            return {"message": message}
        record.activity_schedule(
            kind,
            summary=summary,
            note=note,
            user_id=user.id,
        )
        return {"message": self.env._("%s was asked.", user.name)}

    @api.model
    def _do_tell_customer(self, line, _cause):
        """Write to the customer, with the new dates of the order."""
        return line.order_id.with_user(self.env.user).action_mto_tell_customer()

    @api.model
    def _do_send_part(self, line, _cause):
        """Open the order: its button asks before the customer is told."""
        return self._open(line.order_id)

    @api.model
    def _get_news(self, line):
        projected, promised = line.order_id._mto_format_apart(
            line.mto_projected_date, line.mto_promise_date
        )
        return self.env._(
            "%(product)s is expected on %(projected)s, promised for %(promised)s. "
            "%(trouble)s",
            product=line.product_id.display_name,
            projected=projected,
            promised=promised,
            trouble=line.mto_trouble or "",
        )
