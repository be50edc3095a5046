"""The planning mathematics: pure Python, without Odoo, without a clock.

Describe the shop and what is wanted as a :class:`Problem`, and :func:`plan` it: each
demand with its date, its latest start and its reason. To place all that is open in the
shop anew, :func:`replan` it.
"""

from .axis import Axis as Axis
from .bookings import Bookings as Bookings
from .bookings import Span as Span
from .dispatch import dispatch as dispatch
from .errors import CyclicOrderError as CyclicOrderError
from .errors import DepthError as DepthError
from .errors import DuplicateKeyError as DuplicateKeyError
from .errors import EngineError as EngineError
from .errors import InvalidProblemError as InvalidProblemError
from .errors import UnknownKeyError as UnknownKeyError
from .load import Load as Load
from .load import load as load
from .problem import Calendar as Calendar
from .problem import Demand as Demand
from .problem import Job as Job
from .problem import Key as Key
from .problem import Mode as Mode
from .problem import Movement as Movement
from .problem import Need as Need
from .problem import Operation as Operation
from .problem import Problem as Problem
from .problem import Purchase as Purchase
from .problem import Receipt as Receipt
from .problem import Resource as Resource
from .problem import Stock as Stock
from .promise import plan as plan
from .replan import replan as replan
from .result import Constraint as Constraint
from .result import ConstraintKind as ConstraintKind
from .result import DemandPlan as DemandPlan
from .result import DemandSchedule as DemandSchedule
from .result import Plan as Plan
from .result import Schedule as Schedule
from .result import Step as Step
from .result import StepKind as StepKind
from .shop import Shop as Shop
from .workdays import Workdays as Workdays
