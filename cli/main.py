"""`lexicord`: the global options, the nouns (loaded when they are named), and errors as messages and exit codes."""

from __future__ import annotations

import gc
import sys
from enum import StrEnum
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cli import exits
from cli.session import Session, enter

NOUNS: dict[str, str] = {
    "department": "Departments: who owns vocabularies, sources and authority.",
    "scheme": "Vocabularies: create, import, export, check.",
    "concept": "Concepts: show, find, create, revise, deprecate.",
    "mapping": "Mappings between vocabularies: suggest, approve, reject.",
    "conflict": "Conflicts between departments.",
    "property": "Data elements that fields of sources stand for.",
    "shape": "Profiles: shapes checked, published, compared.",
    "authority": "Authority: who is right about terms and values.",
    "source": "Content sources and the profiles their records must meet.",
    "principal": "People, agents and services.",
    "role": "What principals may do, and where.",
    "token": "Access tokens for a server.",
    "audit": "The log: list it, verify it.",
    "coordination": "How much of the integration arithmetic is covered.",
}
"""Each noun is a file of this package with an `app`; its help stands here, so that `--help` loads none of them."""

VERBS: dict[str, str] = {
    "init": "Create a registry.",
    "demo": "Build the example organisation and walk through the main job.",
    "serve": "Serve the registry over HTTP.",
    "resolve": "Resolve a term to its authoritative concept, with the reason.",
    "validate": "Validate records or RDF against a source's profile or a shapes file.",
    "migrate": "Bring the registry's database to this version's schema.",
    "doctor": "Check the registry's health.",
}
"""Verbs without a noun; each is a file of this package with a command of its name."""


class LazyGroup(TyperGroup):
    """A group whose commands are imported when they are named."""

    def list_commands(self, _ctx: Any) -> list[str]:
        """Verbs first, then nouns."""
        return [*VERBS, *NOUNS]

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:
        """The command behind a word; None when there is none."""
        if cmd_name not in NOUNS and cmd_name not in VERBS:
            return None
        command = typer.main.get_command(import_module(f"cli.{cmd_name}").app)
        command.name = cmd_name
        return command

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """The list of `--help`, from the tables alone."""
        for title, words in (("Commands", VERBS), ("Nouns", NOUNS)):
            with formatter.section(title):
                formatter.write_dl(list(words.items()))


class Output(StrEnum):
    """How an answer is printed."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    turtle = "turtle"
    csv = "csv"
    json_ld = "json-ld"
    sarif = "sarif"
    junit = "junit"
    html = "html"


app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from registry import __version__

        typer.echo(f"lexicord {__version__}")
        raise typer.Exit


@app.callback()
def options(
    registry: Annotated[
        str | None,
        typer.Option("--registry", "-r", envvar="LEXICORD_REGISTRY", metavar="DIR|URL", help="A folder or a server."),
    ] = None,
    token: Annotated[str | None, typer.Option(envvar="LEXICORD_TOKEN", help="The access token for a server.")] = None,
    acting_as: Annotated[
        str | None,
        typer.Option("--as", metavar="PRINCIPAL", help="Act as another principal (folder only; both are recorded)."),
    ] = None,
    output: Annotated[Output, typer.Option("--output", "-o", help="How answers are printed.")] = Output.table,
    as_of: Annotated[
        str | None, typer.Option(metavar="TIME|SEQ", help="What the registry said then (recorded time).")
    ] = None,
    valid_at: Annotated[str | None, typer.Option(metavar="TIME", help="What was in force then (valid time).")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Lexicord: shared vocabularies, metadata standards, and who decides between them.

    A folder is an embedded registry, a URL a server; the commands are the same.
    """
    enter(Session(registry, token, acting_as, output.value, as_of, valid_at, debug))


def main() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(100_000, 50, 50)  # a command is short: an import of 100,000 triples takes a twelfth less time
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of a command line; its answer is on stdout, its messages on stderr."""
    from registry.errors import RegistryError

    command = typer.main.get_command(app)
    try:
        code = command.main(args=arguments, prog_name="lexicord", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        code = exits.INTERRUPTED
    except typer.TyperException as error:
        return _usage(error)
    except RegistryError as error:
        return _complain(error, "--debug" in arguments)
    except BrokenPipeError:
        return exits.DONE
    except Exception as error:
        if "--debug" in arguments:
            raise
        return _say(f"A bug: {type(error).__name__}: {error}\nRun it again with --debug to see where.", exits.BUG)
    if code == exits.INTERRUPTED:
        return _say("Interrupted: nothing after the last finished step was changed.", exits.INTERRUPTED)
    return code if isinstance(code, int) else exits.DONE


def _usage(error: Exception) -> int:
    show = getattr(error, "show", None)
    if show is None:
        return _say(f"Error: {error}", exits.USAGE)
    show()
    return exits.USAGE


def _complain(error: Any, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exception(error)
    _say(f"Error: {error.message}", exits.NEGATIVE)
    for fault in error.faults[:20]:
        if fault.detail not in error.message:
            _say(f"  {fault.pointer}: {fault.detail}", exits.NEGATIVE)
    if error.advice:
        _say(error.advice, exits.NEGATIVE)
    return exits.code_of(error)


def _say(text: str, code: int) -> int:
    typer.echo(text, err=True)
    return code
