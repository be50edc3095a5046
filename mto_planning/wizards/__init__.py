from . import mto_check, mto_confirm, mto_hold, mto_replan
