from . import (
    test_bad_input,
    test_confirm,
    test_exactness,
    test_install,
    test_order_bom,
    test_progress,
    test_promise,
    test_replan,
    test_rights,
    test_rpc,
    test_tours,
)
