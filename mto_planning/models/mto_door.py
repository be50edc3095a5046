"""The door at which those who come to plan wait for their turn."""

from functools import wraps
from types import MethodType

from odoo import api, models
from odoo.exceptions import UserError

from .turn import BusyError, Turn

# What is called from outside in order to plan, and whose plan that is.
PLANNING = {
    "sale.order": ("company_id", ["action_confirm", "action_cancel", "mto_hold"]),
    "sale.order.line": ("company_id", ["mto_apply_change", "mto_preview_change"]),
    "mrp.production": ("company_id", ["button_plan"]),
    "mto.planner": (None, ["replan"]),
    "mto.confirm": ("order_ids.company_id", ["action_confirm"]),
    "mto.hold": ("order_id.company_id", ["action_hold"]),
    "mto.change": ("company_id", ["action_preview", "action_apply", "action_undo"]),
    "mto.replan": ("company_id", ["action_apply"]),
    "mto.scenario": ("company_id", ["action_compute", "action_apply"]),
}


class Door:
    """A public method at whose door one waits for the turn, see ``turn.Turn.begin``.

    Odoo's RPC (XML-RPC, JSON-2, the web client) takes a method from the model's class
    and calls it with the records, as the first thing that a request does; all other
    code calls methods of records, in the middle of what it is doing. Only the former
    can begin anew, so only the former passes the door.
    """

    def __init__(self, method, path):
        """Put a door in front of a method.

        :param path: the fields that lead from the records to their companies.
        """
        self.method = method

        @wraps(method)
        def from_outside(records, *args, **kwargs):
            if not _is_dry_run(*args, **kwargs):
                companies = _companies_of(records, path)
                try:
                    Turn.begin(records.env, companies.ids)
                except BusyError as error:
                    raise UserError(companies._mto_say_busy()) from error
            return method(records, *args, **kwargs)

        self._from_outside = from_outside

    def __get__(self, records, _model=None):
        """The method of records, or what a class gives to those outside."""
        if records is None:
            return self._from_outside
        return MethodType(self.method, records)


def _is_dry_run(options=None, *_args, **_kwargs):
    # What only asks keeps nobody from planning, and waits for nobody.
    return isinstance(options, dict) and options.get("dry_run") is True


def _companies_of(records, path):
    if not path:
        return records.env.company
    # Superuser: it is only asked whom to wait for; the method checks the rights.
    ids = [record_id for record_id in records._ids if isinstance(record_id, int)]
    companies = records.sudo().browse(ids).exists().mapped(path)
    # What was read is forgotten: of what is in the cache nobody asks for the right.
    records.env.invalidate_all()
    return companies


class MtoPlanner(models.AbstractModel):
    _inherit = "mto.planner"

    @api.model
    def _register_hook(self):
        """Put the doors in front of what is outermost, when all modules are there."""
        super()._register_hook()
        for name, (path, methods) in PLANNING.items():
            model = self.env.registry[name]
            for method in methods:
                if not isinstance(vars(model).get(method), Door):
                    setattr(model, method, Door(getattr(model, method), path))
