from . import mto_confirm, mto_replan
