"""`lexicord validate`: records of a source against its profile, or any RDF against a shapes file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
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
_DOCUMENTS = ("turtle", "json-ld", "sarif", "junit", "csv", "html")


@dataclass(frozen=True, slots=True)
class Kept:
    """Where answers and repaired records go, and how the stream is worked through."""

    own_context: bool
    workers: int
    fix: str | None
    fixed: Path | None
    to: Path | None
    resume: bool


@app.command()
def validate(
    file: Annotated[str, typer.Argument(help="A record, or many one a line (NDJSON); - is standard input.")],
    source: Annotated[str | None, typer.Option(metavar="KEY", help="The content source whose profile holds.")] = None,
    shapes: Annotated[str | None, typer.Option(metavar="FILE", help="SHACL shapes; no registry is needed.")] = None,
    background: Annotated[
        list[str] | None, typer.Option(metavar="FILE", help="A taxonomy to look at, never validated; may be repeated.")
    ] = None,
    shacl: Annotated[
        str | None, typer.Option(metavar="VERSION", help="1.0 or 1.2, the draft; with --shapes.", show_default="1.0")
    ] = None,
    engine: Annotated[
        str | None, typer.Option(metavar="NAME", help="lexicord or pyshacl, a second opinion; with --shapes.")
    ] = None,
    own_context: Annotated[
        bool, typer.Option("--own-context", help="Let records bring an inline @context of their own.")
    ] = False,
    workers: Annotated[int, typer.Option(metavar="N", min=1, max=64, help="Processes to validate a stream in.")] = 1,
    fix: Annotated[str | None, typer.Option(metavar="auto", help="Repair what needs no person; see --fixed.")] = None,
    fixed: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where repaired records are written; the original is kept.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the answer to each line in a file (NDJSON).")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on behind the last answer that is in --to.")] = False,
) -> None:
    """Validate records of a source, or RDF against a shapes file. Exit 1 when something does not conform."""
    kept = Kept(own_context, workers, fix, fixed, to, resume)
    _check_options(source, shapes, background, kept)
    _check_engine(shapes, shacl, engine)
    if shapes is not None:
        conforms = _with_shapes(file, shapes, background or [], shacl or "1.0", engine or "lexicord")
    else:
        conforms = _with_source(file, str(source), kept)
    if not conforms:
        raise typer.Exit(exits.NEGATIVE)


def _check_options(source: str | None, shapes: str | None, background: list[str] | None, kept: Kept) -> None:
    if (source is None) == (shapes is None):
        raise InvalidInputError("Say what it is to be held against.", advice="Give --source KEY or --shapes FILE.")
    if background and shapes is None:
        raise InvalidInputError("--background goes with --shapes.", advice="A source names its vocabularies.")
    if shapes is not None and (kept.fix or kept.to or kept.workers > 1):
        raise InvalidInputError("--fix, --to and --workers go with --source.", advice="Register the source first.")
    if (kept.fix is None) != (kept.fixed is None) or kept.fix not in (None, "auto"):
        raise InvalidInputError("--fix auto and --fixed FILE go together.", advice="Name a file for the repaired ones.")
    if kept.resume and (kept.to is None or kept.fixed is not None):
        raise InvalidInputError("--resume goes with --to, and not with --fixed.", advice="Repair in one run.")


def _check_engine(shapes: str | None, shacl: str | None, engine: str | None) -> None:
    if shapes is None and (shacl or engine):
        raise InvalidInputError("--shacl and --engine go with --shapes.", advice="A profile says it itself.")
    if shacl not in (None, "1.0", "1.2"):
        raise InvalidInputError(f"There is no SHACL {shacl} here.", advice="Say 1.0 or 1.2.")
    if engine not in (None, "lexicord", "pyshacl"):
        raise InvalidInputError(f"There is no engine {engine} here.", advice="Say lexicord or pyshacl.")
    if engine == "pyshacl" and shacl == "1.2":
        raise InvalidInputError("pySHACL does not evaluate SHACL 1.2.", advice="Leave out --engine or --shacl.")


def _with_source(file: str, source: str, kept: Kept) -> bool:
    with opened(file) as (stream, name):
        _refuse_overwriting(file, kept)
        if _is_stream(stream, name):
            return _stream(stream, source, kept)
        return _record(stream, name, source, kept)


def _refuse_overwriting(file: str, kept: Kept) -> None:
    for path in (kept.to, kept.fixed):
        if path is not None and file != "-" and path.exists() and path.samefile(file):
            raise InvalidInputError(f"{path} is the original, which is kept.", advice="Name another file.")


def _stream(stream: IO[bytes], source: str, kept: Kept) -> bool:
    from registry.contract import validation as rows

    state = None
    if kept.to is not None:
        from cli.validate_output import begun

        state = begun(kept.to, source, resume=kept.resume)
    document = call(
        rows.STREAM, stream, source=source, own_context=kept.own_context or None, fix=kept.fix,
        workers=kept.workers, after=state.line if state else None,
    )  # fmt: skip
    answers: Iterable[dict[str, Any]] = _parsed(document.chunks)
    if kept.to is not None and state is not None:
        from cli.validate_output import kept as in_file

        answers = in_file(document.chunks, kept.to, state)
    if kept.fixed is None:
        return _told(answers)
    with kept.fixed.open("wb") as mended:
        return _told(_writing(answers, mended))


def _writing(answers: Iterable[dict[str, Any]], mended: IO[bytes]) -> Iterator[dict[str, Any]]:
    """The answers, after the repaired record of each is written; a line that is no record has none."""
    import orjson

    for found in answers:
        if "fixed" in found:
            mended.write(orjson.dumps(found["fixed"]["record"]) + b"\n")
        yield found


def _record(stream: IO[bytes], name: str, source: str, kept: Kept) -> bool:
    from registry.contract import validation as rows
    from registry.contract.operation import encode

    media = "text/turtle" if name.endswith((".ttl", ".nt")) else None
    report = call(
        rows.VALIDATE, stream, source=source, own_context=kept.own_context or None, media_type=media, fix=kept.fix
    )
    if kept.fixed is not None and report.fixed is not None:
        kept.fixed.write_bytes(_json(report.fixed.record).encode() + b"\n")
    body = report.model_dump(by_alias=True)
    if session().output in ("json", "jsonl"):
        typer.echo(encode(report).decode())
    elif session().output in _DOCUMENTS:
        _document([(name, body)])
    else:
        findings = Findings()
        findings.add({"line": None, "status": "conforms" if report.conforms else "does-not-conform", **body})
        show(findings, report.model_dump())
    return bool(report.conforms)


def _with_shapes(file: str, shapes: str, background: list[str], shacl: str, engine: str) -> bool:
    from registry.services.shape_validation import read_quads, report_body, second_opinion_check, shapes_check

    with ExitStack() as stack:
        known = [stack.enter_context(opened(name)) for name in background]
        document = stack.enter_context(opened(shapes))
        check = stack.enter_context(
            second_opinion_check(*document, known)
            if engine == "pyshacl"
            else shapes_check(*document, known, version="1.2" if shacl == "1.2" else "1.0")
        )
        stream, name = stack.enter_context(opened(file))
        if name.endswith(_STREAMS):
            from registry.rdf.documents import open_document

            return _told(check.lines(open_document(stream, name)[0]))
        report = check.graph(read_quads(stream, "data.ttl" if file == "-" else name))
    if session().output in _DOCUMENTS:
        from registry.services.report_values import written

        typer.echo(written([(name, report)], session().output).rstrip())
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
    findings, reports, summary = Findings(), [], {}
    for found in lines:
        if wanted == "jsonl":
            typer.echo(_json(found))
        if "summary" in found:
            summary = found["summary"]
        elif wanted == "table":
            findings.add(found)
        elif wanted != "jsonl":
            reports.append(found)
    if wanted == "json":
        typer.echo(_json({**summary, "reports": reports}))
    elif wanted == "table":
        show(findings, summary)
    elif wanted in _DOCUMENTS:
        _document([(f"line {body['line']}", body) for body in reports])
    return bool(summary["conforms"])


def _document(bodies: list[tuple[str, dict[str, Any]]]) -> None:
    """Print reports as one document in the format that is asked for; it holds all of them."""
    from registry.services.report_values import report_of, written

    typer.echo(written([(name, report_of(body)) for name, body in bodies], session().output).rstrip())


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
