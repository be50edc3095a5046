"""Odoo's command line as a file: a server of several workers starts itself again.

`python -m odoo` cannot: the process for the web socket is `argv[0]` run once more, and
that would be a file inside the package.
"""

from odoo.cli.command import main

main()
