import { registry } from "@web/core/registry";

/** The customer has got a mail, and opens its link: nobody is logged in. */
registry.category("web_tour.tours").add("mto_planning_accept_date", {
    steps: () => [
        {
            content: "He sees what was promised and what is expected",
            trigger: "#mto_new_date:contains(Tour frame):contains(promised for)",
        },
        {
            content: "Accept",
            trigger: "form[action$='/accept'] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is agreed",
            trigger: ".alert-success:contains(the new date is agreed)",
        },
        {
            content: "There is nothing left to answer",
            trigger: "#mto_production:not(:has(#mto_new_date))",
        },
    ],
});

/** The customer looks at his order, and needs one piece earlier. */
registry.category("web_tour.tours").add("mto_planning_ask_part", {
    steps: () => [
        {
            content: "His orders say when they come",
            trigger: "td[name=mto_expected]:contains(/)",
        },
        {
            trigger: "table a[href*='/my/orders/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "His order says that the date has moved",
            trigger: "#mto_new_date a:contains(Ask for a partial delivery)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "How many he needs",
            trigger: "details[open] input[name^=quantity_]",
            run: "edit 1",
        },
        {
            content: "And what for",
            trigger: "textarea[name=message]",
            run: "edit One lamp for the opening, please",
        },
        {
            content: "Ask",
            trigger: "form[action$='/partial'] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Somebody will care",
            trigger: ".alert-success:contains(we will get back to you)",
        },
    ],
});
