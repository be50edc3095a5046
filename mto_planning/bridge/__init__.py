"""Between Odoo's records and the engine: the only place where the two meet.

Nothing here writes. ``models/mto_planner.py`` is the only caller.
"""

from .answer import Answer as Answer
from .clock import from_seconds as from_seconds
from .clock import planning_now as planning_now
from .clock import to_seconds as to_seconds
from .draft import Draft as Draft
from .ladder import Ladder as Ladder
from .levers import LeverFinder as LeverFinder
from .memory import Memory as Memory
from .network import Network as Network
from .network import NetworkBuilder as NetworkBuilder
from .parse_load import LoadParser as LoadParser
from .parse import RequestParser as RequestParser
from .parse import read_moment as read_moment
from .orders import OpenOrders as OpenOrders
from .production import ProductionPlan as ProductionPlan
from .reader import StructureReader as StructureReader
from .request import Request as Request
from .shop import Floor as Floor
from .shop import ShopLoader as ShopLoader
from .shop_load import Assumption as Assumption
from .shop_load import ShopLoad as ShopLoad
from .slip import Slip as Slip
from .slip import Timetable as Timetable
from .tree import Tree as Tree
from .whatif import WhatIf as WhatIf
