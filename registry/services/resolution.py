"""Terms resolved: the facts in the asker's view, the pure decision, its identity and its receipt."""

from __future__ import annotations

from collections.abc import Sequence

from registry.authority import decide_term, decision_id
from registry.contract.resolution import (
    AskedBack,
    Choice,
    Chosen,
    Met,
    Other,
    Resolution,
    Resolutions,
    ResolveTerm,
    ResolveTerms,
)
from registry.model.decisions import AskBack, Match, TermConcept, TermDecision, TermFacts, TermQuestion
from registry.services.gathered import Gathered
from registry.services.references import require_department, require_scheme
from registry.services.term_facts import TermReader, lineage
from registry.store.work import Work


def resolve(work: Work, request: ResolveTerm) -> Resolution:
    """The answer to one term; NotFoundError for an unknown department or vocabulary."""
    return _answers(work, request, [request.term])[0]


def resolve_many(work: Work, request: ResolveTerms) -> Resolutions:
    """The answers to many terms, in their order; what they rest on is read once for all."""
    return Resolutions(answers=_answers(work, request, request.terms))


def _answers(work: Work, request: ResolveTerm | ResolveTerms, terms: Sequence[str]) -> list[Resolution]:
    for key in request.scheme:
        require_scheme(work.reader, work.names, key)
    line = lineage(work.reader, work.names, require_department(work.reader, work.names, request.department)) \
        if request.department else ()  # fmt: skip
    keys = tuple(work.names.key_of(node.value) for node in line)
    gathered = Gathered(work.reader, work.names, work.settings.languages)
    reader = TermReader(gathered, request.language)
    asked = [
        TermQuestion(term, keys, request.language, tuple(sorted(set(request.scheme))), request.include_drafts)
        for term in terms
    ]
    answers = []
    for question, facts in zip(asked, reader.facts(terms), strict=True):
        inputs = [*reader.inputs(facts), *line]
        version = reader.version(inputs)
        identity = decision_id(question, (node.value for node in inputs), version)
        answer = _resolution(question, facts, decide_term(question, facts), identity, version)
        work.receipts.append({"decision_id": identity, "outcome": answer.outcome.value})
        answers.append(answer)
    return answers


def _resolution(
    question: TermQuestion, facts: TermFacts, decision: TermDecision, identity: str, version: int
) -> Resolution:
    return Resolution(
        term=question.term,
        outcome=decision.outcome,
        winner=None if decision.winner is None else Chosen(**_concept(facts.concepts[decision.winner])),
        match=_met(decision.match),
        alternatives=[
            Other(**_concept(facts.concepts[other.concept]), match=_met(other.match), reason=other.reason)
            for other in decision.alternatives
        ],
        because=list(decision.because),
        question=_asked(decision.ask),
        safe_to_use=decision.safe_to_use,
        decision_id=identity,
        graph_version=version,
    )


def _concept(concept: TermConcept) -> dict[str, str | None]:
    return {
        "concept": concept.iri, "pref_label": concept.pref_label, "definition": concept.definition,
        "owner": concept.owner, "scheme": concept.scheme, "status": concept.status,
    }  # fmt: skip


def _met(match: Match | None) -> Met | None:
    if match is None:
        return None
    return Met(kind=match.kind, score=match.score, label=match.label, language=match.language)


def _asked(ask: AskBack | None) -> AskedBack | None:
    if ask is None:
        return None
    options = [Choice(value=option.value, concepts=list(option.concepts)) for option in ask.options]
    return AskedBack(about=ask.about, text=ask.text, options=options)
