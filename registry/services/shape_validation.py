"""Any RDF against any shapes, without a registry: a file as one graph, or JSON-LD records one a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from registry.errors import RegistryError
from registry.model.validation import (
    AlternativePath,
    InversePath,
    Path,
    RepeatedPath,
    SequencePath,
    ValidationReport,
)
from registry.rdf.documents import open_document
from registry.rdf.syntax import format_of, parse_document
from registry.rdf.terms import RDF, SH, XSD
from registry.services.checking import result_body
from registry.services.records import check_own_context, parse_object
from registry.services.streams import numbered_lines, summed

if TYPE_CHECKING:
    from registry.shacl import Background, CompiledShapes

SEVERITIES = ("violation", "warning", "info")
_REPEATED = {"*": SH.zeroOrMorePath, "+": SH.oneOrMorePath, "?": SH.zeroOrOnePath}


@dataclass(frozen=True, slots=True)
class ShapesCheck:
    """Compiled shapes and a frozen background, which is looked at and never a focus node."""

    shapes: CompiledShapes
    background: Background | None

    def graph(self, quads: Iterable[Quad]) -> ValidationReport:
        """The report on a graph."""
        return self.shapes.validate_graph(quads, self.background)

    def lines(self, stream: IO[bytes]) -> Iterator[dict[str, Any]]:
        """The report on each JSON-LD record of a stream, with its line; then the summary."""
        counts: Counter[str] = Counter()
        for number, line in numbered_lines(stream):
            found = self._line(number, line)
            counts[found["status"]] += 1
            counts.update(found.get("counts", {}))
            yield found
        yield {"summary": summed(counts)}

    def _line(self, number: int, line: bytes | None) -> dict[str, Any]:
        if line is None:
            return {"line": number, "status": "malformed", "error": {"message": "The line is too long.", "advice": ""}}
        try:
            check_own_context(parse_object(line), allowed=True)
            report = self.graph(parse_document(line, "jsonld"))
        except RegistryError as error:
            said = {"message": error.message, "advice": error.advice}
            return {"line": number, "status": "malformed", "error": said}
        status = "conforms" if report.conforms else "does-not-conform"
        return {"line": number, "status": status, **report_body(report)}


def shapes_check(shapes: IO[bytes], name: str, background: Iterable[tuple[IO[bytes], str]] = ()) -> ShapesCheck:
    """The check that a shapes document and background documents make.

    SyntaxFaultError for a document that does not parse; ShapesError for shapes that are ill-formed or use what is not
    evaluated: ignoring that would report a false "conforms".
    """
    from registry.shacl import Background, compile_shapes

    compiled = compile_shapes(read_quads(shapes, name))
    known = [quad for stream, its_name in background for quad in read_quads(stream, its_name)]
    return ShapesCheck(compiled, Background(known) if known else None)


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


def report_quads(report: ValidationReport) -> list[Quad]:
    """The report as a graph (SHACL, section 3.6)."""
    node = BlankNode("report")
    quads = [
        Quad(node, RDF.type, SH.ValidationReport),
        Quad(node, SH.conforms, Literal("true" if report.conforms else "false", datatype=XSD.boolean)),
    ]
    for number, result in enumerate(report.results, 1):
        one = BlankNode(f"result{number}")
        quads += [
            Quad(node, SH.result, one),
            Quad(one, RDF.type, SH.ValidationResult),
            Quad(one, SH.focusNode, result.focus_node),
            Quad(one, SH.resultSeverity, result.severity),
            Quad(one, SH.sourceConstraintComponent, result.source_constraint_component),
            Quad(one, SH.sourceShape, result.source_shape),
            *(Quad(one, SH.resultMessage, Literal(message)) for message in result.messages),
        ]
        if result.value is not None:
            quads.append(Quad(one, SH.value, result.value))
        if result.result_path is not None:
            writer = _PathWriter(f"path{number}")
            quads.append(Quad(one, SH.resultPath, writer.write(result.result_path)))
            quads += writer.quads
    return quads


class _PathWriter:
    """Writes a path as SHACL has it (section 2.3.1), under blank nodes of its own."""

    def __init__(self, prefix: str) -> None:
        self.quads: list[Quad] = []
        self._prefix, self._made = prefix, 0

    def write(self, path: Path) -> NamedNode | BlankNode:
        """The node that stands for the path."""
        if isinstance(path, NamedNode):
            return path
        if isinstance(path, SequencePath):
            return self._list(path.paths)
        node = self._blank()
        if isinstance(path, InversePath):
            self.quads.append(Quad(node, SH.inversePath, self.write(path.path)))
        elif isinstance(path, AlternativePath):
            self.quads.append(Quad(node, SH.alternativePath, self._list(path.paths)))
        else:
            assert isinstance(path, RepeatedPath)
            self.quads.append(Quad(node, _REPEATED[path.modifier], self.write(path.path)))
        return node

    def _list(self, paths: Iterable[Path]) -> NamedNode | BlankNode:
        head: NamedNode | BlankNode = RDF.nil
        for path in reversed(tuple(paths)):
            node = self._blank()
            self.quads += [Quad(node, RDF.first, self.write(path)), Quad(node, RDF.rest, head)]
            head = node
        return head

    def _blank(self) -> BlankNode:
        self._made += 1
        return BlankNode(f"{self._prefix}x{self._made}")
