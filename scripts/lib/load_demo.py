# ruff: noqa: F821
# Fed to Odoo's shell, which gives `env`. Loads the demo data of the modules named in
# DEMO_MODULES and of no other, as Odoo would on installing them with demo data, but a
# fault in them ends it with an error instead of a warning.
import os

from odoo.modules.loading import load_data
from odoo.modules.module_graph import ModuleGraph

modules = os.environ["DEMO_MODULES"].split(",")
env.cr.execute("SELECT name FROM ir_module_module WHERE state = 'installed'")
graph = ModuleGraph(env.cr, mode="load")
graph.extend([name for (name,) in env.cr.fetchall()])
loading_env = env(context={}, su=True)
for package in graph:
    if package.name in modules:
        load_data(loading_env, {}, "init", kind="demo", package=package)
        env.cr.execute(
            "UPDATE ir_module_module SET demo = true WHERE name = %s", [package.name]
        )
# The demo company has customers with addresses, and must never write to them.
env["ir.mail_server"].create(
    {"name": "No e-mail leaves the demo", "smtp_host": "invalid"}
)
env.cr.commit()
