"""What the calls of a transaction are made for, told on the way by the context."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

KEY = "mto_planning"


# Compared by identity: contexts are hashed and compared by core.
@dataclass(frozen=True, eq=False)
class Errand:
    """What we call core for, for our own hooks that core calls in turn.

    A client may send any context, but plain values only, and nothing plain is one of
    these: so nobody outside can say that a plan is at hand, or leave planning out.
    """

    # The ``ProductionPlan`` that core's procurement follows.
    plan: Any = None
    # What was asked of some products already: an ``AskedOnce``.
    asked: Any = None
    # The same for all plans that are compared.
    moment: datetime | None = None
    # What is tried here is taken back, and measured by who tries it.
    is_trial: bool = False
    # The planner itself changes orders, and does and tells what follows from it.
    is_planner: bool = False

    @classmethod
    def of(cls, env):
        """The errand of an environment; one without anything if there is none."""
        told = env.context.get(KEY)
        return told if isinstance(told, cls) else NONE

    @classmethod
    def give(cls, records, **values):
        """Records whose calls know these values, besides those that they know."""
        return records.with_context(**{KEY: replace(cls.of(records.env), **values)})


NONE = Errand()
