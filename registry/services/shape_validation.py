"""Any RDF against any shapes, without a registry: a file as one graph, or JSON-LD records one a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from pyoxigraph import Quad

from registry.errors import RegistryError
from registry.model.validation import ValidationReport
from registry.rdf.documents import open_document
from registry.rdf.syntax import format_of, parse_document
from registry.services.checking import result_body
from registry.services.records import check_own_context
from registry.services.streams import numbered_lines, summed

if TYPE_CHECKING:
    from registry.shacl import Background, CompiledShapes

SEVERITIES = ("violation", "warning", "info")


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
        from registry.shacl.json_text import parse_record

        try:
            check_own_context(parse_record(line), allowed=True)
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
