"""Conflicts as they stand in the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from registry.contract.conflicts import Kind, State
from registry.model.names import Names
from registry.rdf.terms import DCTERMS, LEX, RDF
from registry.services.references import first
from registry.store.quads import Description, Reader

KINDS: Mapping[Kind, NamedNode] = {
    "homonym": LEX.Homonym,
    "synonym_without_mapping": LEX.SynonymWithoutMapping,
    "preferred_elsewhere_alternative": LEX.PreferredElsewhereAlternative,
    "opposite_hierarchy": LEX.OppositeHierarchy,
    "definitions_disagree": LEX.DefinitionsDisagree,
    "same_code_other_meaning": LEX.SameCodeOtherMeaning,
    "different_unit_or_formula": LEX.DifferentUnitOrFormula,
    "different_granularity": LEX.DifferentGranularity,
    "different_value_list": LEX.DifferentValueList,
    "mapping_clash": LEX.MappingClash,
    "competing_owners": LEX.CompetingOwners,
    "contested": LEX.Contested,
}
"""How each kind is written, as a value of lex:conflictKind."""
STATES: Mapping[State, NamedNode] = {
    "open": LEX.Open,
    "assigned": LEX.Assigned,
    "decided": LEX.Decided,
    "applied": LEX.Applied,
    "accepted_as_different": LEX.AcceptedAsDifferent,
}
"""How each state is written, as a value of lex:state; the first two are unsettled."""
UNSETTLED: frozenset[State] = frozenset({"open", "assigned"})
_KIND_NAMES: Mapping[str, Kind] = {node.value: kind for kind, node in KINDS.items()}
_STATE_NAMES: Mapping[str, State] = {node.value: state for state, node in STATES.items()}


@dataclass(frozen=True, slots=True)
class ConflictRecord:
    """One conflict of the register."""

    node: NamedNode
    kind: Kind
    state: State
    about: tuple[NamedNode, ...]
    parties: tuple[NamedNode, ...]
    label_key: str | None
    said: Description

    @property
    def fingerprint(self) -> str | None:
        """A hash of what it is about, as it was when it was last looked at."""
        return first(self.said, LEX.fingerprint)

    @property
    def found(self) -> str | None:
        """When it was recorded."""
        return first(self.said, DCTERMS.created)


def conflict_nodes(reader: Reader, names: Names, schemes: frozenset[str] = frozenset()) -> dict[NamedNode, Quad]:
    """The conflicts in view that concern all of these vocabularies, each with the quad that makes it one."""
    found = {}
    for quad in reader.quads(predicate=RDF.type, object=LEX.Conflict):
        keys = names.schemes_of(quad.graph_name.value) if isinstance(quad.graph_name, NamedNode) else ()
        if isinstance(quad.subject, NamedNode) and schemes <= set(keys):
            found[quad.subject] = quad
    return found


def conflict_records(reader: Reader, nodes: Iterable[NamedNode]) -> list[ConflictRecord]:
    """These conflicts, in the order given. One query for all."""
    described = reader.describe(nodes)
    records = (_record(node, said) for node, said in described.items())
    return [record for record in records if record is not None]


def _record(node: NamedNode, said: Description) -> ConflictRecord | None:
    kind = _KIND_NAMES.get(first(said, LEX.conflictKind) or "")
    state = _STATE_NAMES.get(first(said, LEX.state) or "")
    if kind is None or state is None:
        return None
    about, parties = (tuple(v for v in said.get(p, ()) if isinstance(v, NamedNode)) for p in (LEX.about, LEX.party))
    return ConflictRecord(node, kind, state, about, parties, first(said, LEX.labelKey), said)
