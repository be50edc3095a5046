import { registry } from "@web/core/registry";

const openStructure = {
    content: "See what it is made of",
    trigger: "a[name=structure]",
    run: "click",
};

registry.category("web_tour.tours").add("mto_planning_change", {
    steps: () => [
        openStructure,
        {
            content: "A confirmed line is edited as a quotation's",
            trigger: ".o_mto_tree_row:contains(Tube) .o_mto_number",
            run: "edit 5 && press Enter",
        },
        {
            content: "But what follows is seen first",
            trigger: ".modal .o_field_widget[name=structure_text]:contains(5 for each)",
        },
        {
            trigger: ".modal .o_field_widget[name=changed_ids] tr:contains(Tube)",
        },
        {
            content: "Do it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_mto_tree_row:contains(Tube) .badge[title='Was: 2']",
        },
        {
            content: "On second thoughts",
            trigger: ".o_statusbar_buttons button[name=action_mto_change]",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_undo]",
            run: "click",
        },
        {
            content: "What taking it back does is seen, too",
            trigger: ".modal .o_field_widget[name=changed_ids] tr:contains(Tube)",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_statusbar_buttons",
        },
        {
            content: "Order fewer",
            trigger: ".o_statusbar_buttons button[name=action_mto_change]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=product_uom_qty] input",
            run: "edit 1",
        },
        {
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=changed_ids] tr:contains(Tour frame)",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_field_widget[name=product_uom_qty]:contains(1.00)",
        },
    ],
});
