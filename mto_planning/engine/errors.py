"""What the engine raises; all of it derives from :class:`EngineError`."""

from .problem import Key


class EngineError(Exception):
    """Base of all errors of the engine."""


class InvalidProblemError(EngineError):
    """The problem cannot be read.

    :ivar what: the kind of object that is wrong (``"operation"``).
    :ivar key: its key.
    :ivar value: the offending value.
    """

    def __init__(self, what: str, key: Key, value: object, reason: str) -> None:
        """Name the object, the value and what is wrong with it."""
        super().__init__(f"{what} {key!r}: {reason}: {value!r}")
        self.what = what
        self.key = key
        self.value = value


class UnknownKeyError(InvalidProblemError):
    """An object refers to a key that is not there."""


class DuplicateKeyError(InvalidProblemError):
    """Two objects of one kind share a key."""


class CyclicOrderError(InvalidProblemError):
    """Operations of a job block each other in a circle."""


class DepthError(InvalidProblemError):
    """A demand has more levels than the engine is willing to follow."""
