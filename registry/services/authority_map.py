"""Who decides where: the map of authority, what is wrong with it, and whom a tie would reach."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from pyoxigraph import NamedNode

from registry.authority import Register, Scope
from registry.authority.grants import GrantKind
from registry.authority.lint import Cell, cells, findings, of_cells
from registry.contract.authority import (
    AuthorityMap,
    DrillAuthority,
    Drilled,
    DrillPath,
    LintAuthority,
    Linted,
    LintFinding,
    MapAuthority,
    MapCell,
)  # fmt: skip
from registry.model.principals import Assignment, Principal, Resource, permits
from registry.rdf.terms import SKOS
from registry.services.arbiters import arbiter_between
from registry.services.authority import scope_view
from registry.services.authority_records import (
    plain,
    read_hierarchy,
    read_policies,
    read_register,
    term_policy,
)  # fmt: skip
from registry.services.scheme_facts import all_facts
from registry.store import principals as people
from registry.store.work import Work


def show(work: Work, request: MapAuthority) -> AuthorityMap:
    """Who decides in each subject area, and in each scope that a grant names."""
    found = [cell for cell in _cells(work) if request.kind in (None, cell.kind)]
    shown = [
        MapCell(kind=cell.kind, scope=scope_view(cell.scope), state=cell.state, holders=list(cell.holders),
                grants=list(cell.grants), until=cell.until)
        for cell in found
    ]  # fmt: skip
    return AuthorityMap(cells=shown, counts=dict(sorted(Counter(cell.state for cell in found).items())))


def lint(work: Work, _request: LintAuthority) -> Linted:
    """What is wrong with grants and map; healthy without errors."""
    register, found = read_register(work.reader, work.names), _cells(work)
    hierarchy = read_hierarchy(work.reader, work.names, [one.scope for one in register.grants.values()])
    said = [*findings(register, hierarchy, work.now), *of_cells(found)]
    grave = sorted(said, key=lambda one: ("error", "warning", "info").index(one.severity))
    shown = [LintFinding(severity=o.severity, rule=o.rule, about=o.about, message=o.message) for o in grave]
    errors = sum(one.severity == "error" for one in shown)
    return Linted(findings=shown, errors=errors, healthy=not errors)


def drill(work: Work, _request: DrillAuthority) -> Drilled:
    """For each pair of departments with a vocabulary: the arbiter of a tie between them, and who acts for it."""
    facts = all_facts(work.reader, work.names)
    owners = sorted({owner for one in facts.values() if (owner := one.owner(work.names))})
    known = {one.id: one for one in people.principals(work.reader.connection) if not one.disabled}
    held = [(known[id_].handle, role) for id_, role in people.all_assignments(work.reader.connection) if id_ in known]
    paths = []
    for one, other in combinations(owners, 2):
        pair = [work.names.thing("department", key) for key in (one, other)]
        arbiter = arbiter_between(work.reader, work.names, pair)
        key = work.names.key_of(arbiter.value) if arbiter else None
        able = _able(arbiter, key, held, known)
        paths.append(DrillPath(one=one, other=other, arbiter=key, people=able, reaches_somebody=bool(able)))
    return Drilled(paths=paths, dead_ends=sum(not path.reaches_somebody for path in paths))


def _able(
    arbiter: NamedNode | None, key: str | None, held: list[tuple[str, Assignment]], known: dict[str, Principal]
) -> list[str]:
    if arbiter is None or key is None:
        return []
    if "/id/principal/" in arbiter.value:
        return [known[key].handle] if key in known else []
    resource = Resource("a tie", (), (key,))
    return sorted({handle for handle, role in held if permits([role], "decide", resource)})


def _cells(work: Work) -> list[Cell]:
    """The cells of the map: each subject area, and each scope that an active grant names."""
    register = read_register(work.reader, work.names)
    graph = work.names.graph("subject-areas")
    areas = [plain(work.names, node.value) for node in work.reader.subjects(SKOS.prefLabel, None, graph)]
    wanted: dict[tuple[GrantKind, Scope], None] = dict.fromkeys(("term", Scope(subject_area=area)) for area in areas)
    wanted |= dict.fromkeys(_named(register))
    scopes = [scope for _, scope in wanted]
    hierarchy = read_hierarchy(work.reader, work.names, scopes)
    policy = term_policy(read_policies(work.reader, work.names))
    return cells(wanted, register, hierarchy, work.now, policy)


def _named(register: Register) -> list[tuple[GrantKind, Scope]]:
    active = (register.grants[iri] for iri in sorted(register.grants))
    return [(one.kind, one.scope) for one in active if one.status == "active" and one.scope.named()]
