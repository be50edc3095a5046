import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("mto_planning_times", {
    steps: () => [
        {
            content: "The real time is told against the planned one",
            trigger: ".o_data_row:contains(240 min) .o_mto_measured.o_mto_longer",
        },
        {
            content: "See what taking it over does",
            trigger: ".o_data_row:contains(240 min) button[name=action_take_over]",
            run: "click",
        },
        {
            content: "A quotation would be told another date",
            trigger: ".modal .o_field_widget[name=effect]:contains(\u2192)",
        },
        {
            content: "It is not quite so bad",
            trigger: ".modal .o_field_widget[name=value] input",
            run: "edit 200 && press Tab",
        },
        {
            content: "Take it over",
            trigger: ".modal button[name=action_take_over]",
            run: "click",
        },
        {
            content: "It is planned with from now on",
            trigger: "body:not(:has(.modal)) .o_data_row:contains(200 min) td[name=step]",
            run: "click",
        },
        {
            content: "On second thoughts",
            trigger: ".o_form_view button[name=action_put_back]",
            run: "click",
        },
        {
            content: "It is planned as before",
            trigger: ".o_form_view:not(:has(button[name=action_put_back]))",
        },
    ],
});
