"""A vocabulary as it was: a new change that restores a past state; history is never rewritten."""

from __future__ import annotations

from pyoxigraph import NamedNode, Quad

from registry.contract.schemes import RollbackScheme, RolledBack
from registry.errors import NotFoundError
from registry.rdf.patch import Patch, diff
from registry.rdf.terms import LEX
from registry.services.lifecycle import NODES, Status
from registry.services.references import require_scheme, scheme_resource
from registry.services.scheme_log import state_at
from registry.store.work import Work

GOVERNING = frozenset({LEX.owner, LEX.audience, LEX.kind, LEX.steward, LEX.approvalPolicy})
"""What says who governs a vocabulary: restored only by those who may administer it."""


def roll_back(work: Work, request: RollbackScheme) -> RolledBack:
    """Restore content, curation and overlay of a vocabulary to a seq; NotFoundError when it did not stand then."""
    names, key = work.names, request.key
    require_scheme(work.reader, names, key)
    if request.to > work.seq:
        raise NotFoundError(f"There is no seq {request.to}; the newest is {work.seq}.", advice="Give a past seq.")
    graphs = (names.scheme_graph(key), names.curation_graph(key), names.overlay_graph(key))
    patches = [_restored(work, graph, request.to) for graph in graphs]
    if not patches[1].added and not state_at(work, graphs[1], request.to):
        raise NotFoundError(f"There was no vocabulary {key!r} at seq {request.to}.", advice="Give a later seq.")
    for patch in patches:
        _permit(work, key, patch)
        work.replace(patch)
    work.watched |= set(graphs)
    work.summary = f"vocabulary {key} restored to seq {request.to}"
    added, removed = (sum(len(part) for part in parts) for parts in zip(*map(_parts, patches), strict=True))
    return RolledBack(key=key, to=request.to, added=added, removed=removed, dry_run=work.dry_run)


def _restored(work: Work, graph: NamedNode, seq: int) -> Patch:
    return diff(work.reader.quads(graph=graph), state_at(work, graph, seq))


def _permit(work: Work, key: str, patch: Patch) -> None:
    if work.dry_run:
        return
    resource = scheme_resource(work.reader, work.names, key)
    if any(quad.object == NODES[Status.APPROVED] for quad in patch.added):
        work.require("approve", resource)
    if any(quad.predicate in GOVERNING for part in _parts(patch) for quad in part):
        work.require("administer", resource)


def _parts(patch: Patch) -> tuple[frozenset[Quad], frozenset[Quad]]:
    return patch.added, patch.removed
