from . import mto_confirm
