"""Any RDF against any shapes, without a registry: a file as one graph, or JSON-LD records one a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby
from operator import itemgetter
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Self, TypeAlias

from pyoxigraph import Quad

from registry.errors import RegistryError
from registry.model.validation import ValidationReport
from registry.rdf.documents import open_document
from registry.rdf.syntax import format_of, parse_document
from registry.services.checking import result_body
from registry.services.records import check_own_context
from registry.services.streams import numbered_lines, summed

if TYPE_CHECKING:
    from registry.shacl import CompiledShapes
    from registry.shacl.compile import Version
    from registry.shacl.limits import Judgement
    from registry.shacl.unique_values import UniqueKey

SEVERITIES = ("violation", "warning", "info")
LONGEST: Final = 600.0
"""Seconds that shapes with queries may take over one graph."""

Judge: TypeAlias = "Callable[[Iterable[Quad]], Judgement]"


class ShapesCheck:
    """What shapes say about graphs and records, over a frozen background, which is looked at and never a focus node.

    To be closed, or used in a `with` statement: queries in shapes run in a child process.
    """

    def __init__(self, judge: Judge, shapes: CompiledShapes | None, close: Callable[[], None]) -> None:
        self._judge = judge
        self._shapes = shapes
        self.close = close

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def graph(self, quads: Iterable[Quad]) -> ValidationReport:
        """The report on a graph. ValidationTimeoutError when the shapes' queries take too long."""
        return self._judge(quads).report

    def lines(self, stream: IO[bytes]) -> Iterator[dict[str, Any]]:
        """The report on each JSON-LD record of a stream, with its line; then the summary.

        Before the summary stand the lines that repeat what has to be unique (sh:uniqueValuesFor): such a line has a
        second report, whose `amends` is the status it had before.
        """
        counts: Counter[str] = Counter()
        with ExitStack() as stack:
            repeats = None if self._shapes is None else stack.enter_context(_Repeats(self._shapes))
            for number, line in numbered_lines(stream):
                found, keys = self._line(number, line)
                if repeats is not None:
                    repeats.add(number, found["status"], keys)
                yield _counted(found, counts)
            for found in () if repeats is None else repeats.amendments():
                counts[found["amends"]] -= 1
                yield _counted(found, counts)
        yield {"summary": summed(counts)}

    def _line(self, number: int, line: bytes | None) -> tuple[dict[str, Any], list[UniqueKey]]:
        if line is None:
            return _malformed(number, "The line is too long."), []
        from registry.shacl.json_text import parse_record

        try:
            check_own_context(parse_record(line), allowed=True)
            report, keys = self._judge(parse_document(line, "jsonld"))
        except RegistryError as error:
            return _malformed(number, error.message, error.advice), []
        return _answer(number, report), keys


class _Repeats:
    """Finds the records of a stream that repeat what has to be unique; keeps a byte for each line beside them."""

    def __init__(self, shapes: CompiledShapes) -> None:
        from registry.shacl.unique_register import UniqueRegister

        self._shapes = shapes
        self._register = UniqueRegister(shapes)
        self._conforming = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._register.__exit__(kind, error, at)

    def add(self, number: int, status: str, keys: list[UniqueKey]) -> None:
        """Take the status of a line and what has to be unique in it."""
        self._conforming.extend(bytes(number + 1 - len(self._conforming)))
        self._conforming[number] = status == "conforms"
        self._register.add(number, keys)

    def amendments(self) -> Iterator[dict[str, Any]]:
        """The second reports, by line."""
        for number, found in groupby(self._register.repeated(), key=itemgetter(0)):
            results = tuple(result for _, result in found)
            conforms = bool(self._conforming[number]) and self._shapes.conforming(results)
            answer = _answer(number, ValidationReport(conforms, results))
            yield {**answer, "amends": "conforms" if self._conforming[number] else "does-not-conform"}


def _counted(found: dict[str, Any], counts: Counter[str]) -> dict[str, Any]:
    counts[found["status"]] += 1
    counts.update(found.get("counts", {}))
    return found


def _answer(number: int, report: ValidationReport) -> dict[str, Any]:
    status = "conforms" if report.conforms else "does-not-conform"
    return {"line": number, "status": status, **report_body(report)}


def _malformed(number: int, message: str, advice: str = "") -> dict[str, Any]:
    return {"line": number, "status": "malformed", "error": {"message": message, "advice": advice}}


def shapes_check(
    shapes: IO[bytes],
    name: str,
    background: Iterable[tuple[IO[bytes], str]] = (),
    *,
    version: Version = "1.0",
    seconds: float = LONGEST,
) -> ShapesCheck:
    """The check that a shapes document and background documents make, by a version of SHACL.

    Queries in the shapes are not trusted: each graph is given `seconds`. SyntaxFaultError for a document that does not
    parse; ShapesError for shapes that are ill-formed or use what is not evaluated: ignoring that would report a false
    "conforms".
    """
    from registry.shacl import Background, compile_shapes
    from registry.shacl.limits import KillableValidator, asks_queries, judge

    quads = list(read_quads(shapes, name))
    compiled = compile_shapes(quads, version=version)
    known = [quad for stream, its_name in background for quad in read_quads(stream, its_name)]
    if asks_queries(compiled):
        child = KillableValidator(seconds, quads, known, version=version)
        return ShapesCheck(child.judge, compiled, child.close)
    frozen = Background(known) if known else None
    return ShapesCheck(lambda data: judge(compiled, data, frozen), compiled, _nothing)


def second_opinion_check(shapes: IO[bytes], name: str, background: Iterable[tuple[IO[bytes], str]] = ()) -> ShapesCheck:
    """The check that pySHACL makes of the documents: with SHACL Advanced Features, and with its own mind.

    ShapesError, from the check, for shapes it cannot use; it ignores terms it does not know.
    """
    from registry.shacl import second_opinion
    from registry.shacl.limits import Judgement

    quads = list(read_quads(shapes, name))
    known = [quad for stream, its_name in background for quad in read_quads(stream, its_name)]
    return ShapesCheck(lambda data: Judgement(second_opinion.validate(data, quads, known), []), None, _nothing)


def _nothing() -> None:
    """There is nothing to close."""


def read_quads(stream: IO[bytes], name: str) -> Iterator[Quad]:
    """The quads of a document, plain or packed, its format told by its name."""
    plain, inner = open_document(stream, name)
    return parse_document(plain, format_of(inner), base_iri=f"file:///{inner.replace(' ', '%20')}")


def report_body(report: ValidationReport) -> dict[str, Any]:
    """A report in the form that `--output json` prints."""
    return {
        "conforms": report.conforms,
        "counts": {name: report.counts[name] for name in SEVERITIES},
        "results": [result_body(result, None) for result in report.results],
    }
