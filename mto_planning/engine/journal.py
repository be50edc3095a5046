"""What was changed, so that it can be taken back."""

from collections.abc import Callable
from typing import Any


class Journal:
    """A stack of undo steps that all state of a shop writes to.

    >>> journal, state = Journal(), [1]
    >>> mark = journal.mark()
    >>> state.append(2); journal.note(state.pop)
    >>> journal.rollback(mark); state
    [1]
    """

    __slots__ = ("_undo",)

    def __init__(self) -> None:
        """Start with nothing to take back."""
        self._undo: list[tuple[Any, ...]] = []

    def note(self, undo: Callable[..., Any], *args: object) -> None:
        """Remember that ``undo(*args)`` takes back what was just done."""
        self._undo.append((undo, *args))

    def mark(self) -> int:
        """A point to which :meth:`rollback` can return."""
        return len(self._undo)

    def rollback(self, mark: int) -> None:
        """Take back all that was done since the mark, last first."""
        while len(self._undo) > mark:
            undo, *args = self._undo.pop()
            undo(*args)

    def forget(self) -> None:
        """Let all that was done stand; marks made before are void."""
        self._undo.clear()
