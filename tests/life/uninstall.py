"""Uninstalls the add-on as a user does; for Odoo's shell."""

if "env" in globals():
    module = env["ir.module.module"].search([("name", "=", "mto_planning")])  # noqa: F821
    module.button_immediate_uninstall()
