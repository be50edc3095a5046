import { registry } from "@web/core/registry";

const BENDING = ".o_mto_load_table tr:has(th:contains(Bending))";

/** From how full it is to how full it would be, and whose work that is. */
registry.category("web_tour.tours").add("mto_planning_load", {
    steps: () => [
        {
            content: "The bottleneck is named, with its first free week",
            trigger: ".o_mto_bottleneck:contains(Bending):contains(hours to spare)",
        },
        {
            content: "What would a quotation add?",
            trigger: ".o_mto_what_if_orders input",
            run: "edit Load customer",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Load customer)",
            run: "click",
        },
        {
            content: "It would be delivered on a day",
            trigger: ".o_mto_what_if_dates:contains(Load customer):contains(delivered on)",
        },
        {
            content: "It is hatched on the weeks where it would be",
            trigger: `${BENDING} .o_mto_heat_added`,
        },
        {
            content: "With one machine more",
            trigger: `${BENDING} .o_mto_load_what_if`,
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains(One machine more)",
            run: "click",
        },
        {
            trigger: `${BENDING} th:contains(× 2)`,
        },
        {
            content: "As bars",
            trigger: ".o_mto_show_bars",
            run: "click",
        },
        {
            trigger: ".o_mto_load_card:contains(Bending) canvas[aria-label*='would be added']",
        },
        {
            content: "Back, and to the orders behind a week",
            trigger: ".o_mto_show_heat",
            run: "click",
        },
        {
            trigger: `${BENDING} .o_mto_heat:has(strong:contains(%)):not(:has(.o_mto_heat_added))`,
            run: "click",
        },
        {
            trigger: ".modal .o_mto_load_order:contains(Busy customer)",
        },
        {
            trigger: ".modal .o_mto_load_unfold",
            run: "click",
        },
        {
            trigger: ".modal .o_mto_load_details:contains(Bending 1)",
        },
        {
            content: "Open them",
            trigger: ".modal .o_mto_load_orders",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Busy customer)",
        },
        {
            content: "Back to the load, with what was assumed",
            trigger: ".breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            trigger: ".o_mto_assumption:contains(Bending: machines +1)",
        },
        {
            trigger: ".o_mto_what_if_reset",
            run: "click",
        },
        {
            trigger: ".o_mto_load:not(:has(.o_mto_assumption)):not(:has(.o_mto_heat_added))",
        },
    ],
});
