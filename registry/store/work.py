"""A unit of work: what a use case reads, and the one change it makes.

Services read through `reader`, which stands at one seq within the asker's view, and collect quads to add and remove;
the gate turns the collection into a net patch and commits it with everything else in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, cast

from pyoxigraph import NamedNode, Quad

from registry.errors import NotPermittedError, StaleError
from registry.model.names import Names
from registry.model.principals import Asker, Resource, Verb, roles_for
from registry.rdf.patch import Patch, net
from registry.rdf.terms import canonical_quad
from registry.settings import Settings
from registry.store.database import Connection
from registry.store.payloads import NewPayload
from registry.store.quads import Reader, Value
from registry.store.store import Store

MANY = 1_000
"""Quads of a change from which whole graphs are read, and not their subjects."""


@dataclass(slots=True)
class Work:
    """One request at work. `seq` is the state it reads; a write is recorded as `next_seq`.

    `about` is the principal whose personal data the request holds, if not the asker's; `facts` join the request in the
    erasable payload, `summary` stands in the chained header and holds nothing personal; `receipts` are noted when the
    answer is served; `watched` are graphs that a long write has read beside those it touches.
    """

    store: Store
    settings: Settings
    reader: Reader
    asker: Asker
    seq: int
    now: datetime
    writes: bool = False
    document: IO[bytes] | None = None
    dry_run: bool = False
    payloads: list[NewPayload] = field(default_factory=list)
    ledger_changed: bool = False
    about: str = ""
    summary: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    watched: set[NamedNode] = field(default_factory=set)
    _added: dict[Quad, None] = field(default_factory=dict)
    _removed: dict[Quad, None] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        """The registry's own IRIs."""
        return self.store.names

    @property
    def next_seq(self) -> int:
        """The seq that this write is recorded as; the one it reads when nothing changes."""
        return self.seq + 1 if self._added or self._removed or self.ledger_changed else self.seq

    @property
    def ledger(self) -> Connection:
        """The transaction's connection, for what no graph holds. Asking for it in a write marks the ledger changed."""
        if self.writes:
            self.ledger_changed = True
        return self.reader.connection

    def add(self, quads: Iterable[Quad]) -> None:
        """Quads that shall stand, each in its named graph; what stands already is no change."""
        for quad in quads:
            assert isinstance(quad.graph_name, NamedNode)
            canonical = canonical_quad(quad, quad.graph_name)
            self._removed.pop(canonical, None)
            self._added[canonical] = None

    def remove(self, quads: Iterable[Quad]) -> None:
        """Quads that shall no longer stand."""
        for quad in quads:
            self._added.pop(quad, None)
            self._removed[quad] = None

    def put(self, graph: NamedNode, subject: NamedNode, predicate: NamedNode, *values: Value) -> None:
        """Make these the only values of a property of a subject in a graph; none removes it."""
        wanted = [canonical_quad(Quad(subject, predicate, value, graph), graph) for value in values]
        self.remove(quad for quad in self.reader.quads(subject, predicate, None, graph) if quad not in wanted)
        self.add(wanted)

    def replace(self, patch: Patch) -> None:
        """Take over a whole patch."""
        self._removed.update(dict.fromkeys(patch.removed))
        self._added.update(dict.fromkeys(patch.added))

    def patch(self) -> Patch:
        """The net patch against what stands now."""
        if not self._added and not self._removed:
            return Patch()
        return net(self._added.keys(), self._removed.keys(), self._present())

    def _present(self) -> set[Quad]:
        """What stands of what is touched: read by subject, or by whole graphs where much is touched."""
        if len(self._added) + len(self._removed) > MANY:
            graphs = {quad.graph_name for part in (self._added, self._removed) for quad in part}
            return {quad for graph in graphs for quad in self.reader.quads(graph=cast("NamedNode", graph))}
        return set(
            self.reader.about(cast("NamedNode", q.subject) for part in (self._added, self._removed) for q in part)
        )

    def may(self, verb: Verb, resource: Resource) -> bool:
        """Whether the asker may do that to the resource."""
        return self.asker.may(verb, resource)

    def require(self, verb: Verb, resource: Resource) -> None:
        """Nothing, when the asker may; raises NotPermittedError with the roles that would do."""
        if not self.may(verb, resource):
            raise not_permitted(self.asker, verb, resource)

    def require_base(self, subject: NamedNode, base: int | None) -> None:
        """Nothing, when the subject's version is still `base`; raises StaleError with both versions otherwise."""
        current = self.reader.version(subject)
        if base is not None and base != current:
            raise StaleError(
                f"{subject.value} was at version {base} when you read it and is at {current} now.",
                advice="Read it again, and repeat your change on what it says now.",
                base=base,
                current=current,
            )


def not_permitted(asker: Asker, verb: Verb, resource: Resource) -> NotPermittedError:
    """The refusal that names the verb, the resource and the roles that would do."""
    where = ", ".join(sorted(resource.scopes() - {"*"})) or "the registry"
    who = asker.principal.handle
    if asker.principal.disabled:
        return NotPermittedError(f"{who} is disabled.", advice="Ask a registrar.", verb=verb)
    return NotPermittedError(
        f"{who} may not {verb} {resource.kind} in {where}.",
        advice=f"It needs one of these roles there: {', '.join(roles_for(verb))}.",
        verb=verb,
        resource=where,
        principal=asker.principal.id,
        roles=list(roles_for(verb)),
    )
