{
    "name": "MTO Planning: Quality",
    "summary": "An order that needs inspection does not leave before it has passed",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Quality",
    "author": "MTO Planning contributors",
    "license": "AGPL-3",
    "depends": ["mto_planning", "quality_control_oca"],
    "data": [
        "security/ir.model.access.csv",
        "views/product_template_views.xml",
        "views/qc_inspection_views.xml",
        "views/sale_order_views.xml",
    ],
    "demo": ["demo/quality_demo.xml"],
    "auto_install": True,
}
