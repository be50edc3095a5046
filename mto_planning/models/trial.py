"""Finding out what would happen, by doing it and taking it back."""

from contextlib import contextmanager

# Nothing of what is only tried is told to anybody.
SILENT = {
    "mto_planning_ask": False,
    "tracking_disable": True,
    "mail_notify_force_send": False,
}


@contextmanager
def taken_back(env):
    """All that is written within is not there afterwards, whatever happens."""
    savepoint = env.cr.savepoint()
    try:
        yield
    finally:
        savepoint.close(rollback=True)
        env.invalidate_all()
