"""The documentation cannot lie: reference pages are what the code says, examples run, links lead somewhere.

A block of commands whose fence is marked ```` ```console run ```` runs; others are only shown (they install, or never
end). `run output` also compares what is printed; `…` stands for any text, alone on a line for any lines. Commands are
the lines that start with `$ `; those of a page run in order, in one shell, in a temporary folder that sees the
checkout's data folders. A command is to succeed unless it ends with `# exit N`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from docs.reference import PAGES

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
VISIBLE = ("examples", "ontologies", "shapes")
"""Folders of the checkout that examples name."""
BOUNDARY = "=== end of command, exit"


def documents() -> list[Path]:
    """Every page written for readers."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    return sorted(found)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


each_document = pytest.mark.parametrize("page", documents(), ids=named)


@dataclass(frozen=True)
class Command:
    """A command of a page: what it prints (None: anything), and the exit code it is to end with."""

    line: int
    text: str
    code: int
    output: tuple[str, ...] | None


def blocks(text: str) -> Iterator[tuple[int, list[str], list[str]]]:
    """Every block marked as a console: the number of its first line, the words of its fence, its lines."""
    for found in re.finditer(r"^```console([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield text.count("\n", 0, found.start(2)) + 1, found[1].split(), found[2].splitlines()


def commands(text: str) -> Iterator[Command]:
    """The commands of the blocks that are to run."""
    for start, words, lines in blocks(text):
        if "run" in words:
            yield from _commands(start, lines, compared="output" in words)


def _commands(start: int, lines: list[str], *, compared: bool) -> Iterator[Command]:
    begins = [place for place, line in enumerate(lines) if line.startswith("$ ")]
    assert begins[:1] == [0], f"the block at line {start} does not begin with a command"
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        last = begin
        while lines[last].endswith("\\"):
            last += 1
        text = "\n".join(lines[begin : last + 1]).removeprefix("$ ")
        wanted = re.search(r"# exit (\d+)\s*$", text)
        output = tuple(lines[last + 1 : end]) if compared else None
        yield Command(start + begin, text, int(wanted[1]) if wanted else 0, output)


def run(asked: list[Command], folder: Path) -> list[tuple[int, str]]:
    """The exit code and the output of each command, all run by one shell in the folder."""
    for name in VISIBLE:
        (folder / name).symlink_to(ROOT / name)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEXICORD")}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]])
    script = "\n".join(f"{{ {one.text}\n}} < /dev/null; printf '\\n%s %s\\n' '{BOUNDARY}' $?" for one in asked)
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script], cwd=folder, env={**kept, "PATH": path}, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    parts = re.split(rf"\n{BOUNDARY} (\d+)\n", done.stdout)
    return [(int(code), printed) for printed, code in zip(parts[::2], parts[1::2], strict=False)]


def agrees(printed: str, expected: tuple[str, ...]) -> bool:
    """Whether what was printed is what the page says, `…` standing for any text, alone on a line for any lines."""
    lines = [r"(?:.*\n)*" if line.strip() == "…" else _pattern(line) for line in expected]
    shown = "".join(line.rstrip() + "\n" for line in printed.rstrip("\n").splitlines())
    return re.fullmatch("".join(lines).rstrip("\n") + r"\n*", shown) is not None


def _pattern(line: str) -> str:
    return re.escape(line.rstrip()).replace("…", ".*") + "\n"


@each_document
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path) -> None:
    asked = list(commands(page.read_text(encoding="utf-8")))
    if not asked:
        return
    answered = run(asked, tmp_path)
    assert len(answered) == len(asked), "the shell ended early"
    for command, (code, printed) in zip(asked, answered, strict=True):
        where = f"{named(page)}, line {command.line}: $ {command.text}\n{printed}"
        assert code == command.code, f"exit {code}, not {command.code}: {where}"
        assert command.output is None or agrees(printed, command.output), f"prints something else: {where}"


def test_the_runner_finds_commands_runs_them_in_order_and_tells_what_fails(tmp_path: Path) -> None:
    page = (
        "```console run output\n$ export WORD=two\n$ echo one \\\n  $WORD\none two\n"
        "$ ls ontologies\n…\nlexicord.ttl\n```\n"
        "```console shown\n$ false\n```\n```console run\n$ false\n$ exit 3 | true\n$ (exit 3) # exit 3\n```\n"
    )
    asked = list(commands(page))
    assert [(one.line, one.code) for one in asked] == [(2, 0), (3, 0), (6, 0), (14, 0), (15, 0), (16, 3)]
    answered = run(asked, tmp_path)
    assert [code for code, _ in answered] == [0, 0, 0, 1, 3, 3]
    assert [one.output and agrees(printed, one.output) for one, (_, printed) in zip(asked, answered, strict=True)][
        1:3
    ] == [True, True]
    assert not agrees("one\nthree\n", ("one", "two"))
    assert agrees("one\nthree\n", ("one", "t…e"))
    assert not agrees("one\nthree\nfour", ("one", "t…"))


def prose(text: str) -> str:
    """The page without its code."""
    return re.sub(r"`[^`\n]+`", "", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    seen: Counter[str] = Counter()
    made = set()
    for heading in re.findall(r"^#{1,6} +(.+?) *$", text, re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        made.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return made


@each_document
def test_links_lead_somewhere(page: Path) -> None:
    text = prose(page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"^\[[^\]]+\]: *(\S+)", text, re.MULTILINE):
        if re.match(r"[a-z][a-z+.-]*:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{named(page)}: {target}"
        assert there.is_relative_to(ROOT), f"{named(page)}: {target} leaves the repository"
        assert not anchor or anchor in anchors(there), f"{named(page)}: {target}"


@each_document
def test_the_tests_a_page_names_exist(page: Path) -> None:
    for path, name in re.findall(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?`", page.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), f"{named(page)}: {path}"
        assert not name or f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{named(page)}: {name}"


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_what_the_code_says_now(name: str) -> None:
    committed = (REFERENCE / name).read_text(encoding="utf-8")
    assert committed == PAGES[name](), "run `make docs` and commit docs/reference"


def test_there_is_no_other_reference_page() -> None:
    assert {path.name for path in REFERENCE.iterdir()} == set(PAGES)
