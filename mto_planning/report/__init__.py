from . import mto_build_report, mto_dossier_report, mto_timeline_report
