from . import mto_progress
from . import product_template
from . import qc_inspection
from . import sale_order
from . import sale_order_line
from . import stock_move
