from . import mto_dialog  # what the others inherit
from . import mto_change, mto_check, mto_confirm, mto_hold, mto_promote, mto_replan
