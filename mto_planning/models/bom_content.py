"""What a bill of materials says, as plain values, and how two of them differ.

A *content* has three sections, each ``{key: {field: value}}``: ``level`` (of the whole,
its key is empty), ``lines`` and ``operations``. A row that was copied keeps the key of
the row that it comes from, so contents of a copy, of its master when it was copied and
of its master now can be compared.
"""

import hashlib
import json
from collections import Counter
from typing import Any, NamedTuple

SECTIONS = ("level", "lines", "operations")
EMPTY = {section: {} for section in SECTIONS}


class Change(NamedTuple):
    """A row that differs.

    :param before: its fields, or ``None`` when it is new.
    :param after: its fields, or ``None`` when it is gone.
    """

    section: str
    key: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    @property
    def fields(self) -> list[str]:
        """Names of what differs in a row that was changed."""
        return [
            name for name in self.after if self.before.get(name) != self.after[name]
        ]


def keyed(records):
    """``(key, record)`` of rows in their order; a kit may bring one several times."""
    seen = Counter()
    for record in records:
        seen[record.id] += 1
        yield f"{record.id}.{seen[record.id]}", record


def number(value: float) -> float:
    """A quantity as it is compared, whatever the last bit of it."""
    return round(value, 4)


def find_changes(before: dict, after: dict) -> list[Change]:
    """What differs from one content to another, in the order of the rows."""
    return [
        Change(section, key, before[section].get(key), after[section].get(key))
        for section in SECTIONS
        for key in dict.fromkeys((*before[section], *after[section]))
        if before[section].get(key) != after[section].get(key)
    ]


def digest(content: dict) -> str:
    """A short text that is another one for another content."""
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def merge(change: Change, own: dict[str, Any] | None) -> tuple[str, dict[str, Any]]:
    """How the copy of a row follows a change of its master.

    :param own: the fields of the copy, or ``None`` if it is not there.
    :return: ``("done", {})`` when it is so already, ``("conflict", {})`` when the copy
        was changed in the same place, else ``("take", the fields to write)``; nothing
        to write when the row goes.
    """
    if own == change.after:
        return "done", {}
    if change.kind == "added":
        return "take", change.after
    if change.kind == "removed":
        return ("take" if own == change.before else "conflict"), {}
    if own is None:
        return "conflict", {}
    wanted = {name: change.after[name] for name in change.fields}
    if all(own[name] == value for name, value in wanted.items()):
        return "done", {}
    if any(own[name] not in (change.before[name], wanted[name]) for name in wanted):
        return "conflict", {}
    return "take", wanted
