import { registry } from "@web/core/registry";

/** From the question of a customer to work that is done. */
registry.category("web_tour.tours").add("mto_planning_order", {
    steps: () => [
        {
            content: "Start a quotation",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Choose the customer",
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit Tour customer",
        },
        {
            trigger: "ul.ui-autocomplete > li > a:contains(Tour customer)",
            run: "click",
        },
        {
            content: "Add the product that is made to order",
            trigger: "a:contains(Add a product)",
            run: "click",
        },
        {
            trigger: "div[name=product_template_id] input",
            run: "edit Tour frame",
        },
        {
            trigger: "ul.ui-autocomplete a:contains(Tour frame)",
            run: "click",
        },
        {
            content: "It is known to be made to order, and to have no date yet",
            trigger: ".o_data_row .o_field_mto_date_badge .badge:contains(Not computed)",
        },
        {
            content: "Ask for the date",
            trigger: ".o_statusbar_buttons button[name=action_mto_compute_promise]",
            run: "click",
        },
        {
            content: "The date is there",
            trigger: ".o_data_row .o_field_mto_date_badge .badge.text-bg-success",
        },
        {
            content: "Ask why",
            trigger: ".o_data_row .o_mto_explain",
            run: "click",
        },
        {
            content: "The reason in a sentence, and what leads to the date",
            trigger: ".modal .o_mto_reason:contains(Tube takes 3 days)",
        },
        {
            content: "Ask what would make it earlier",
            trigger: ".modal .o_mto_find_options",
            run: "click",
        },
        {
            content: "Another vendor would",
            trigger: ".modal .o_mto_lever:contains(Tube from Quick tubes, in 1 day)",
        },
        {
            trigger: ".modal .o_mto_chart .o_mto_bar_purchase.o_mto_bar_critical",
        },
        {
            trigger: ".modal .o_mto_plan_list li:contains(Bending)",
        },
        {
            content: "Back to the quotation",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "Hold it for the customer",
            trigger: "body:not(:has(.modal)) .o_statusbar_buttons button[name=action_mto_hold]",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_hold]",
            run: "click",
        },
        {
            content: "It is held until a date",
            trigger: ".o_field_widget[name=mto_hold_until]",
        },
        {
            content: "Confirm",
            trigger: "body:not(:has(.modal)) .o_statusbar_buttons button[name=action_confirm]",
            run: "click",
        },
        {
            content: "The order waits for its material, nothing is done",
            trigger:
                "button[name=action_mto_view_lines]:contains(Waiting for Material) [name=mto_progress]:contains(/^0$/)",
        },
        {
            content: "See its production",
            trigger: "a[name=mto_production]",
            run: "click",
        },
        {
            trigger: ".o_mto_timeline .o_mto_flag_promise",
        },
        {
            content: "Unfold the manufacturing order",
            trigger: ".o_mto_timeline .o_mto_chart_fold",
            run: "click",
        },
        {
            content: "Open its work order's manufacturing order",
            trigger: "button[name=action_mto_view_productions]",
            run: "click",
        },
        {
            content: "It knows for whom it is made",
            trigger: ".o_form_view .o_field_widget[name=mto_order_id]:visible",
        },
        {
            content: "Go to the work orders",
            trigger: "a[name=operations]",
            run: "click",
        },
        {
            content: "Start the work",
            trigger: "button[name=button_start]",
            run: "click",
        },
        {
            content: "Finish it",
            trigger: "button[name=button_finish]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=state] .badge:contains(Finished)",
        },
        {
            content: "Back to the order",
            trigger: ".breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "The work is done, the delivery is not",
            trigger: "button[name=action_mto_view_lines] [name=mto_progress]:contains(/^70$/)",
        },
        {
            content: "The board shows it, too",
            trigger: "button[name=action_mto_view_lines]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current",
        },
    ],
});

/** All open work is planned anew, after a look at whom that moves. */
registry.category("web_tour.tours").add("mto_planning_plan_anew", {
    steps: () => [
        {
            trigger: ".o_menu_sections [data-menu-xmlid='mto_planning.menu_mto_plan']",
            run: "click",
        },
        {
            content: "Plan anew",
            trigger: ".o-dropdown-item[data-menu-xmlid='mto_planning.menu_mto_replan']",
            run: "click",
        },
        {
            content: "First see what changes",
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            content: "One order would be earlier",
            trigger: ".modal .alert:contains(at another time: 1 of 1.)",
        },
        {
            trigger: ".modal .o_data_row [name=days].text-success",
        },
        {
            content: "Do it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Work orders with new times: 1.)",
        },
        {
            content: "There is nothing left to move",
            trigger:
                "body:not(:has(.modal)) .o_menu_sections [data-menu-xmlid='mto_planning.menu_mto_plan']",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item[data-menu-xmlid='mto_planning.menu_mto_replan']",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            trigger: ".modal .alert:contains(nothing would move)",
        },
        {
            content: "Leave it",
            trigger: ".modal-footer button.btn-secondary",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_action_manager .o_view_controller",
        },
    ],
});

/** A quotation's line is made of something else; its date and its order follow. */
registry.category("web_tour.tours").add("mto_planning_customise", {
    steps: () => [
        {
            content: "See what it is made of",
            trigger: "a[name=structure]",
            run: "click",
        },
        {
            content: "The whole tree with its cost",
            trigger: ".o_mto_tree_row:contains(Tube) .o_mto_number",
            run: "edit 5 && press Enter",
        },
        {
            content: "It says what it was",
            trigger: ".o_mto_tree_row:contains(Tube) .badge[title='Was: 2']",
        },
        {
            content: "Add something",
            trigger: ".o_mto_tree_row:contains(Tour frame) .o_mto_add",
            run: "click",
        },
        {
            trigger: ".o_mto_search input",
            run: "edit Tour hook",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Tour hook)",
            run: "click",
        },
        {
            trigger: ".o_mto_tree_row:contains(Tour hook) .badge:contains(Added)",
        },
        {
            content: "Attach a drawing",
            trigger: ".o_mto_tree_row:contains(Tour frame) .o_mto_menu",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains(Attach a drawing)",
            run: "click",
        },
        {
            trigger: ".o_mto_file:not(:visible)",
            async run({ anchor }) {
                const files = new DataTransfer();
                files.items.add(new File(["Radius 40"], "radius.txt", { type: "text/plain" }));
                anchor.files = files.files;
                anchor.dispatchEvent(new Event("change"));
            },
        },
        {
            trigger: ".o_mto_tree_row:contains(Tour frame) .o_mto_document:contains(radius.txt)",
        },
        {
            content: "Only the differences",
            trigger: ".o_mto_only_changes input",
            run: "click",
        },
        {
            trigger: ".o_mto_tree:not(:contains(Bending))",
        },
        {
            content: "The date is out of date, here and in the head of the form",
            trigger: ".o_mto_promise:contains(out of date)",
        },
        {
            trigger: ".o_field_widget[name=mto_promise_state]:contains(Out of date)",
        },
        {
            content: "Compute it",
            trigger: ".o_mto_compute",
            run: "click",
        },
        {
            trigger: ".o_mto_promise:contains(Promised for)",
        },
        {
            content: "Go to the quotation",
            trigger: ".o_field_widget[name=order_id] a",
            run: "click",
        },
        {
            content: "Confirm it",
            trigger: ".o_statusbar_buttons button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: "button[name=action_mto_view_productions]",
            run: "click",
        },
        {
            content: "Whoever makes it opens the drawing",
            trigger: ".o_form_view .o_field_widget[name=mto_documents] .o_mto_document_open",
            run: "click",
        },
        {
            trigger: ".o-FileViewer",
        },
    ],
});

/** An installation: a quotation in it, its date, and all in one go. */
registry.category("web_tour.tours").add("mto_planning_installation", {
    steps: () => [
        {
            content: "Create an installation",
            trigger: ".o-kanban-button-new",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Tour lobby",
        },
        {
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit Tour customer",
        },
        {
            trigger: "ul.ui-autocomplete > li > a:contains(Tour customer)",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Nothing belongs to it yet",
            trigger: ".o_field_widget[name=deliveries]:contains(Nothing belongs to it yet)",
        },
        {
            trigger: "button[name=action_new_quotation]",
            run: "click",
        },
        {
            content: "The quotation knows where it belongs",
            trigger: ".o_field_widget[name=partner_id] input:value(Tour customer)",
        },
        {
            trigger: "a:contains(Add a product)",
            run: "click",
        },
        {
            trigger: "div[name=product_template_id] input",
            run: "edit Tour frame",
        },
        {
            trigger: "ul.ui-autocomplete a:contains(Tour frame)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=mto_project_id] input:value(Tour lobby)",
        },
        {
            trigger: ".o_data_row .o_field_mto_date_badge .badge:contains(Not computed)",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Back to the installation",
            trigger: "button[name=action_mto_view_project]",
            run: "click",
        },
        {
            content: "It has no date yet",
            trigger: ".o_mto_delivery:contains(No date yet):contains(Tour frame)",
        },
        {
            trigger: "button[name=action_compute_promise]",
            run: "click",
        },
        {
            content: "What sets its date is said",
            trigger: ".o_field_widget[name=reason]:contains(Tube takes 3 days)",
        },
        {
            trigger: ".o_field_widget[name=promise_state] .badge:contains(Can be kept)",
        },
        {
            trigger: ".o_mto_delivery:not(:contains(No date yet)):contains(Tour frame)",
        },
        {
            content: "See it over time",
            trigger: "a[name=production]",
            run: "click",
        },
        {
            trigger: ".o_mto_timeline .o_mto_flag_promise",
        },
        {
            content: "All in one go",
            trigger: ".o_field_widget[name=deliver_together] input",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
        {
            content: "Open the line from its date",
            trigger: "a[name=deliveries]",
            run: "click",
        },
        {
            trigger: ".o_mto_delivery button:contains(Tour frame)",
            run: "click",
        },
        {
            trigger:
                ".o_mto_planning_line .o_field_widget[name=mto_project_id]:contains(Tour lobby)",
        },
    ],
});

const TODAY_ROW = ".o_mto_today_row:contains(Tour frame)";

/** What is at risk: ask, care, put off, and take it up again. */
registry.category("web_tour.tours").add("mto_planning_today", {
    steps: () => [
        {
            content: "The late line, with what makes it late",
            trigger: `${TODAY_ROW}:contains(Late):contains(Tube)`,
        },
        {
            content: "Do what is suggested",
            trigger: `${TODAY_ROW} .o_mto_today_suggestion:contains(Ask the Buyer)`,
            run: "click",
        },
        {
            trigger: ".o_notification:contains(was asked)",
        },
        {
            content: "Care for it",
            trigger: `${TODAY_ROW} .o_mto_today_more`,
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_mto_today_take",
            run: "click",
        },
        {
            trigger: `${TODAY_ROW} .o_mto_today_owner`,
        },
        {
            content: "Put it off",
            trigger: `${TODAY_ROW} .o_mto_today_more`,
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_mto_today_snooze",
            run: "click",
        },
        {
            trigger: ".modal button:contains(In three days)",
            run: "click",
        },
        {
            trigger: ".modal #o_mto_snooze_reason",
            run: "edit The vendor calls back",
        },
        {
            trigger: ".modal .o_mto_snooze_confirm",
            run: "click",
        },
        {
            content: "It is gone from the list",
            trigger: `.o_mto_today:not(:has(${TODAY_ROW}))`,
        },
        {
            content: "It is among the snoozed",
            trigger: ".o_mto_show_snoozed",
            run: "click",
        },
        {
            trigger: `${TODAY_ROW}:contains(The vendor calls back)`,
        },
        {
            content: "Take it up again",
            trigger: `${TODAY_ROW} .o_mto_today_more`,
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_mto_today_wake",
            run: "click",
        },
        {
            content: "It is back",
            trigger: `.o_mto_today:not(:has(.o_mto_show_snoozed)) ${TODAY_ROW}`,
        },
        {
            content: "Its timeline",
            trigger: `${TODAY_ROW} .btn-link`,
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=mto_stage]",
        },
    ],
});

/** A customer wants a part first, and one piece lies ready: it goes at one click. */
registry.category("web_tour.tours").add("mto_planning_send_part", {
    steps: () => [
        {
            content: "He has asked, and what lies ready of it is told",
            trigger: ".alert:contains(has asked for a partial delivery):contains(Ready of it: 1)",
        },
        {
            trigger: "button[name=action_mto_deliver_part]",
            run: "click",
        },
        {
            content: "It asks before it does",
            trigger: ".modal:contains(The rest stays open) .btn-primary",
            run: "click",
        },
        {
            content: "It is prepared, and the customer reads so",
            trigger:
                ".o-mail-Message:contains(The partial delivery that was asked for is prepared)",
        },
        {
            content: "There are two transfers now",
            trigger: "button[name=action_view_delivery]:contains(2)",
        },
        {
            trigger: ".o_form_view:not(:has(button[name=action_mto_deliver_part]))",
        },
    ],
});

/** The shop floor, on its cards: begin what is planned, and say that it is done. */
registry.category("web_tour.tours").add("mto_planning_work", {
    steps: () => [
        {
            content: "The planned work as cards",
            trigger: ".o_switch_view.o_kanban",
            run: "click",
        },
        {
            content: "Begin",
            trigger: ".o_kanban_record:contains(Tour frame) button[name=button_start]",
            run: "click",
        },
        {
            content: "It runs, and can be interrupted",
            trigger: ".o_kanban_record:contains(Tour frame) button[name=button_pending]",
        },
        {
            content: "It is done",
            trigger: ".o_kanban_record:contains(Tour frame) button[name=button_finish]",
            run: "click",
        },
        {
            trigger: ".o_kanban_view:not(:has(button[name=button_finish]))",
        },
    ],
});

/** The buyer: what is to be ordered comes first, and leads to its purchase order. */
registry.category("web_tour.tours").add("mto_planning_buy", {
    steps: () => [
        {
            content: "What is not ordered yet is on top, with the order that needs it",
            trigger: ".o_group_header:first:contains(RFQ)",
        },
        {
            content: "Open its purchase order",
            trigger: ".o_data_row td[name=product_id]",
            run: "click",
        },
        {
            content: "It says when the part is needed, and for which order",
            trigger: ".o_form_view td[name=mto_need_date]",
        },
        {
            trigger: ".o_form_view td[name=mto_order_id]:contains(S)",
        },
    ],
});
