from odoo import api, models
from odoo.fields import Command

from ..bridge.access import check_access


class MtoDialog(models.AbstractModel):
    """A question about records: about those that the user may read.

    Everybody may make a dialog, also by RPC and about any id; what a dialog shows of a
    record that is not the user's would be told by the back door.
    """

    _name = "mto.dialog"
    _description = "Dialog about Records of the User"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_named(self._add_missing_default_values(vals))
        return super().create(vals_list)

    def write(self, vals):
        self._check_named(vals)
        return super().write(vals)

    @api.model
    def _check_named(self, vals):
        """Refuse records that are not there for the user."""
        if self.env.su:
            return
        for name, value in vals.items():
            field = self._fields.get(name)
            if value and field and field.type in ("many2one", "many2many"):
                records = self.env[field.comodel_name].browse(_get_ids(value))
                check_access(records, "read")


def _get_ids(value):
    """The records that a value of a relation names: an id, ids, or commands."""
    if isinstance(value, int):
        return [value]
    ids = []
    for command in value:
        if isinstance(command, int):
            ids.append(command)
        elif command[0] == Command.SET:
            ids += command[2]
        elif command[0] != Command.CREATE and command[1]:
            ids.append(command[1])
    return ids
