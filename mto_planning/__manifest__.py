{
    "name": "MTO Planning",
    "summary": "True delivery dates and order-specific production for make to order",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Manufacturing",
    "author": "MTO Planning contributors",
    "license": "LGPL-3",
    "depends": ["sale_mrp", "purchase_mrp", "sale_purchase_stock"],
    "data": [
        "security/ir.model.access.csv",
        "security/mto_promise_security.xml",
        "data/ir_cron.xml",
    ],
    "pre_init_hook": "pre_init_hook",
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
    "application": True,
}
