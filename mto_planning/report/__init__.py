from . import mto_build_report
