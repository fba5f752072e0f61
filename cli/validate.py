"""`lexicord validate`: records of a source against its profile, or any RDF against a shapes file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO, Annotated, Any

import typer

from cli import exits
from cli.reading import opened
from cli.session import call, session
from cli.validate_text import Findings, show
from registry.errors import InvalidInputError

app = typer.Typer(add_completion=False)

_STREAMS = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
_PEEK = 1 << 20


@app.command()
def validate(
    file: Annotated[str, typer.Argument(help="A record, or many one a line (NDJSON); - is standard input.")],
    source: Annotated[str | None, typer.Option(metavar="KEY", help="The content source whose profile holds.")] = None,
    shapes: Annotated[str | None, typer.Option(metavar="FILE", help="SHACL shapes; no registry is needed.")] = None,
    background: Annotated[
        list[str] | None, typer.Option(metavar="FILE", help="A taxonomy to look at, never validated; may be repeated.")
    ] = None,
    own_context: Annotated[
        bool, typer.Option("--own-context", help="Let records bring an inline @context of their own.")
    ] = False,
) -> None:
    """Validate records of a source, or RDF against a shapes file. Exit 1 when something does not conform."""
    if (source is None) == (shapes is None):
        raise InvalidInputError("Say what it is to be held against.", advice="Give --source KEY or --shapes FILE.")
    if shapes is not None:
        conforms = _with_shapes(file, shapes, background or [])
    else:
        if background:
            raise InvalidInputError("--background goes with --shapes.", advice="A source names its vocabularies.")
        conforms = _with_source(file, str(source), own_context or None)
    if not conforms:
        raise typer.Exit(exits.NEGATIVE)


def _with_source(file: str, source: str, own_context: bool | None) -> bool:
    if session().output in ("turtle", "csv"):
        raise InvalidInputError(f"--output {session().output} goes with --shapes.", advice="Use table, json or jsonl.")
    from registry.contract import validation as rows
    from registry.contract.operation import encode

    with opened(file) as (stream, name):
        if _is_stream(stream, name):
            document = call(rows.STREAM, stream, source=source, own_context=own_context)
            return _told(_parsed(document.chunks))
        media = "text/turtle" if name.endswith((".ttl", ".nt")) else None
        report = call(rows.VALIDATE, stream, source=source, own_context=own_context, media_type=media)
    if session().output in ("json", "jsonl"):
        typer.echo(encode(report).decode())
    else:
        findings = Findings()
        findings.add({"line": None, "status": "conforms" if report.conforms else "does-not-conform",
                      **report.model_dump(by_alias=True)})  # fmt: skip
        show(findings, report.model_dump())
    return bool(report.conforms)


def _with_shapes(file: str, shapes: str, background: list[str]) -> bool:
    from registry.services.shape_validation import read_quads, report_body, shapes_check

    with ExitStack() as stack:
        known = [stack.enter_context(opened(name)) for name in background]
        check = shapes_check(*stack.enter_context(opened(shapes)), known)
        stream, name = stack.enter_context(opened(file))
        if name.endswith(_STREAMS):
            from registry.rdf.documents import open_document

            return _told(check.lines(open_document(stream, name)[0]))
        report = check.graph(read_quads(stream, "data.ttl" if file == "-" else name))
    if session().output in ("turtle", "csv"):
        from registry.shacl.reports import to_csv, to_turtle

        write = to_turtle if session().output == "turtle" else to_csv
        typer.echo(write([(name, report)]).rstrip())
        return report.conforms
    body = report_body(report)
    if session().output in ("json", "jsonl"):
        typer.echo(_json(body))
    else:
        findings = Findings()
        findings.add({"line": None, "status": "conforms" if report.conforms else "does-not-conform", **body})
        show(findings, {})
    return report.conforms


def _told(lines: Iterable[dict[str, Any]]) -> bool:
    """Print the reports on many records in the form that is asked for; whether all conform."""
    wanted = session().output
    if wanted in ("turtle", "csv"):
        raise InvalidInputError(f"--output {wanted} goes with one graph.", advice="Use table, json or jsonl.")
    findings, reports, summary = Findings(), [], {}
    for found in lines:
        if wanted == "jsonl":
            typer.echo(_json(found))
        if "summary" in found:
            summary = found["summary"]
        elif wanted == "json":
            reports.append(found)
        elif wanted == "table":
            findings.add(found)
    if wanted == "json":
        typer.echo(_json({**summary, "reports": reports}))
    elif wanted == "table":
        show(findings, summary)
    return bool(summary["conforms"])


def _parsed(chunks: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    import orjson

    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield orjson.loads(line)


def _json(value: Any) -> str:
    import orjson

    return orjson.dumps(value).decode()


def _is_stream(stream: IO[bytes], name: str) -> bool:
    """Whether a file holds records one a line: by its name, or because its first line is a whole record."""
    import orjson

    if name.endswith(_STREAMS):
        return True
    start = stream.read(_PEEK)
    stream.seek(0)
    first, newline, rest = start.lstrip().partition(b"\n")
    if not newline or not rest.strip() or not first.startswith(b"{"):
        return False
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    return True
