from . import mto_change, mto_check, mto_confirm, mto_hold, mto_promote, mto_replan
