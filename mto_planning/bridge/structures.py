"""Structures that this process has read before, as long as they are true."""

from typing import NamedTuple

from .memory import Memory, unread
from .reader import StructureReader
from .request import Request
from .structure import Structure
from .versions import GENERAL, read_versions


class Known(NamedTuple):
    """A structure, and the versions of the rows that it was read from."""

    structure: Structure
    versions: dict[int, str | None]


class StructureBook:
    """Gives the structures of requests: from memory when nothing has changed.

    :param env: a superuser environment of one company.
    """

    def __init__(self, env, memory: Memory):
        self.env = env
        self._memory = memory.structures

    def structures(self, requests: list[Request]) -> list[Structure]:
        """The structure of each request: one query if all are known."""
        keys = [self._key(request) for request in requests]
        known = self._true(keys)
        missing = {
            key: request
            for key, request in zip(keys, requests, strict=True)
            if key not in known
        }
        known.update(self._read(missing))
        return [known[key] for key in keys]

    def _key(self, request: Request) -> tuple:
        """What a structure depends on besides the database."""
        return (
            request.company.id,
            request.product.id,
            request.warehouse.id,
            request.bom.id,
            request.line.id if request.has_own_boms else False,
            request.customer_location.id,
            tuple(request.routes.ids),
            tuple(request.never_values.ids),
            self.env.lang,
        )

    def _true(self, keys) -> dict[tuple, Structure]:
        """Structures in memory whose rows are still the same."""
        found = {key: self._memory.get(key) for key in keys}
        found = {key: known for key, known in found.items() if known}
        wanted = set().union(*(known.versions for known in found.values()))
        versions = self._versions(wanted) if wanted else {}
        return {
            key: known.structure
            for key, known in found.items()
            if all(versions[one] == known.versions[one] for one in known.versions)
        }

    def _read(self, missing) -> dict[tuple, Structure]:
        """Read structures from the records, and remember them."""
        if not missing:
            return {}
        with unread(self.env) as env:
            reader = StructureReader(env)
            read = {
                key: reader.structure(request.with_env(env))
                for key, request in missing.items()
            }
        rows = {
            key: {
                GENERAL,
                *structure.template_ids,
                *([-missing[key].line.id] if missing[key].has_own_boms else []),
            }
            for key, structure in read.items()
        }
        versions = self._versions(set().union(*rows.values()))
        for key, structure in read.items():
            self._memory[key] = Known(
                structure, {one: versions[one] for one in rows[key]}
            )
        return read

    def _versions(self, keys) -> dict[int, str | None]:
        versions = read_versions(
            self.env,
            [key for key in keys if key > GENERAL],
            [-key for key in keys if key < GENERAL],
        )
        return {key: versions.get(key) for key in keys}
