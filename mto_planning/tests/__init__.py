from . import test_confirm, test_exactness, test_promise
