"""Import the engine without the add-on around it, which needs Odoo."""

import os
import sys
import types
from pathlib import Path

from hypothesis import HealthCheck, settings

ADDON = Path(__file__).parents[2] / "mto_planning"


def _stub_addon() -> None:
    # The add-on's own __init__ imports Odoo; an empty package with the same path
    # leads to the same engine.
    addon = types.ModuleType("mto_planning")
    addon.__path__ = [str(ADDON)]
    sys.modules.setdefault("mto_planning", addon)


_stub_addon()
sys.path.insert(0, str(Path(__file__).parent))  # for strategies and oracle
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "fast", max_examples=100, deadline=None, suppress_health_check=_SLOW
)
# The same examples each time, so that what they reach does not change by chance.
settings.register_profile(
    "same",
    max_examples=100,
    deadline=None,
    suppress_health_check=_SLOW,
    derandomize=True,
)
# Once for each fault that is put into the engine, see scripts/mutants.sh.
settings.register_profile(
    "mutants",
    max_examples=20,
    deadline=None,
    suppress_health_check=_SLOW,
    derandomize=True,
)
settings.register_profile(
    "deep", max_examples=5000, deadline=None, suppress_health_check=_SLOW
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))
