import { registry } from "@web/core/registry";

/** One machine more is tried, looked at, and applied. */
registry.category("web_tour.tours").add("mto_planning_what_if", {
    steps: () => [
        {
            content: "Nothing was tried yet: what it is for stands there",
            trigger: ".o_view_nocontent:contains(Try it before you decide)",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit A second bending machine",
        },
        {
            trigger: ".o_field_x2many_list_row_add a:contains(Add a change)",
            run: "click",
        },
        {
            trigger: ".modal .o_radio_item:contains(more or fewer machines) input",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=workcenter_id] input",
            run: "edit Bending",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Bending)",
            run: "click",
        },
        {
            content: "One more than it has",
            trigger: ".modal .o_field_widget[name=machines] input:value(2)",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Bending has 2 machines)",
        },
        {
            trigger: "button[name=action_compute]:contains(Compute)",
            run: "click",
        },
        {
            content: "The second order would be made earlier",
            trigger: ".alert-info:contains(Same date: 1)",
        },
        {
            content: "And so it is drawn",
            trigger: ".o_data_row:contains(Test customer) .o_mto_shift[aria-label*='Promised']",
        },
        {
            trigger: "button[name=action_apply]",
            run: "click",
        },
        {
            trigger: ".modal:contains(for real) .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Applied)",
        },
    ],
});
