from . import (
    test_confirm,
    test_exactness,
    test_install,
    test_order_bom,
    test_progress,
    test_promise,
    test_tours,
)
