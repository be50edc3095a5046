"""A factory of five bottlenecks, and people with keys to Odoo's JSON-2 interface.

Works in Odoo's shell, with the add-on or without it: both databases get the same.
"""

import json

CENTERS = 5
PEOPLE = {
    "sales": ["sales_team.group_sale_salesman"],
    "planner": [
        "mrp.group_mrp_manager",
        "mrp.group_mrp_routings",
        "stock.group_stock_user",
    ],
}


def build(env, people, on_hand=300):
    """Products that all need two of five work centers, and a part of which few are.

    Commits, and prints what the load needs: products, customers, keys.

    :param people: how many salespeople.
    :param on_hand: pieces of the scarce part.
    """
    from odoo.fields import Command

    is_ours = "mto.planner" in env
    company = env.company
    route = env.ref("stock.route_warehouse0_mto")
    route.active = True
    vendor = env["res.partner"].create({"name": "Vendor"})
    centers = env["mrp.workcenter"].create(
        [
            {
                "name": f"Center {number}",
                "resource_calendar_id": company.resource_calendar_id.id,
                "time_start": 0,
                "time_stop": 0,
            }
            for number in range(CENTERS)
        ]
    )
    scarce = env["product.product"].create(
        {
            "name": "Scarce part",
            "is_storable": True,
            "seller_ids": [
                Command.create({"partner_id": vendor.id, "delay": 30, "price": 3})
            ],
        }
    )
    if on_hand:
        env["stock.quant"]._update_available_quantity(
            scarce, env.ref("stock.warehouse0").lot_stock_id, on_hand
        )
    products = env["product.product"]
    for number in range(CENTERS):
        part, product = env["product.product"].create(
            [
                {
                    "name": f"{name} {number}",
                    "is_storable": True,
                    "route_ids": [Command.set(route.ids)],
                }
                for name in ("Part", "Product")
            ]
        )
        for made, component, center, minutes in (
            (part, scarce, centers[number], 20),
            (product, part, centers[(number + 1) % CENTERS], 30),
        ):
            env["mrp.bom"].create(
                {
                    "product_tmpl_id": made.product_tmpl_id.id,
                    "bom_line_ids": [
                        Command.create({"product_id": component.id, "product_qty": 1})
                    ],
                    "operation_ids": [
                        Command.create(
                            {
                                "name": "Work",
                                "workcenter_id": center.id,
                                "time_cycle_manual": minutes,
                            }
                        )
                    ],
                }
            )
        products |= product
    customers = env["res.partner"].create(
        [{"name": f"Customer {number}"} for number in range(people)]
    )
    planner, *sellers = [
        make_user(env, login, PEOPLE[kind])
        for login, kind in [
            ("load_planner", "planner"),
            *((f"load_sales_{number}", "sales") for number in range(people)),
        ]
    ]
    env.cr.commit()
    answer = {
        "is_ours": is_ours,
        "products": products.ids,
        "planner": planner,
        "sellers": [
            {"key": key, "customer_id": customer.id}
            for key, customer in zip(sellers, customers, strict=True)
        ],
    }
    print("LOAD", json.dumps(answer))


def make_user(env, login, groups):
    """A user; returns his key."""
    from odoo.fields import Command

    user = env["res.users"].create(
        {
            "name": login,
            "login": login,
            "group_ids": [Command.link(env.ref(name).id) for name in groups],
        }
    )
    keys = env["res.users.apikeys"].with_user(user).sudo()
    return keys._generate("rpc", "load", None)
