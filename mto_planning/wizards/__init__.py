from . import (
    change_production_qty,
    mto_change,
    mto_check,
    mto_confirm,
    mto_hold,
    mto_promote,
    mto_replan,
    mto_take_over,
)
