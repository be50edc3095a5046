from . import mto_confirm, mto_hold, mto_replan
