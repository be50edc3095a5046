import { _t } from "@web/core/l10n/translation";

/** What the server calls by a code, in words; translated when they are shown. */
export const RISKS = {
    on_track: _t("On Track"),
    at_risk: _t("At Risk"),
    late: _t("Late"),
    blocked: _t("Blocked"),
};

export const STAGES = {
    quoted: _t("Quoted"),
    held: _t("Held"),
    waiting_material: _t("Waiting for Material"),
    ready: _t("Ready to Start"),
    in_production: _t("In Production"),
    inspection: _t("Inspection"),
    ready_to_ship: _t("Ready to Ship"),
    delivered: _t("Delivered"),
    cancelled: _t("Cancelled"),
};

export const RISK_CLASSES = {
    on_track: "text-bg-success",
    at_risk: "text-bg-warning",
    late: "text-bg-danger",
    blocked: "text-bg-danger",
};
