"""Documents in every syntax and packing, and bad ones answered with where and what to do."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from registry.errors import InvalidInputError, RegistryError, SyntaxFaultError, TooLargeError
from registry.rdf.documents import open_document
from registry.rdf.syntax import FORMATS, format_of, media_type, parse_document, serialize_document
from registry.rdf.terms import SKOS

TURTLE = '@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n<http://v/a> skos:prefLabel "Ä"@de .\n'.encode()
QUAD = Quad(NamedNode("http://v/a"), SKOS.prefLabel, Literal("Ä", language="de"))


def zipped(*names: str, body: bytes = TURTLE) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, body)
    return made.getvalue()


def read(data: bytes, name: str) -> list[Quad]:
    stream, plain = open_document(io.BytesIO(data), name)
    return list(parse_document(stream, format_of(plain)))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (TURTLE, "a.ttl"),
        (b"\xef\xbb\xbf" + TURTLE, "bom.ttl"),
        (gzip.compress(TURTLE), "a.ttl.gz"),
        (zipped("inner.ttl"), "a.zip"),
        (zipped("inner.ttl", "__MACOSX/inner.ttl"), "mac.zip"),
    ],
)
def test_every_packing_is_read(data: bytes, name: str) -> None:
    assert read(data, name) == [QUAD]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_round_trips(name: str) -> None:
    text = serialize_document([QUAD], name)
    assert list(parse_document(text, name)) == [QUAD]
    assert format_of(media=media_type(name)) == name


def test_the_same_state_has_the_same_bytes() -> None:
    quads = [QUAD, Quad(NamedNode("http://v/b"), SKOS.broader, NamedNode("http://v/a"))]
    assert serialize_document(quads, "turtle") == serialize_document(quads[::-1], "turtle")


def test_blank_nodes_have_the_same_labels_each_time() -> None:
    text = b'<http://v/a> <http://v/p> [ <http://v/q> "x" ] , [ <http://v/q> "y" ; <http://v/r> [] ] .'
    first, again = (serialize_document(parse_document(text, "turtle"), "ntriples") for _ in range(2))
    assert first == again
    assert len(list(parse_document(first, "ntriples"))) == 5


@pytest.mark.parametrize(
    ("text", "format_name", "line", "said"),
    [
        (b'<http://v/a> <http://v/p>\n "x" ;; .. ', "turtle", 2, "line 2, column"),
        (b"<a> <b> <c> .", "turtle", 1, "relative IRI"),
        (b'<http://v/a> <http://v/p> "\xe9" .', "turtle", 1, "UTF-8"),
        (b'{"a":', "jsonld", 1, "line 1"),
        (b'{"@context": "http://elsewhere/context"}', "jsonld", None, "never fetched"),
        (b"<rdf><not closed>", "rdfxml", None, "does not parse"),
    ],
)
def test_broken_documents_say_where(text: bytes, format_name: str, line: int | None, said: str) -> None:
    with pytest.raises(SyntaxFaultError) as fault:
        list(parse_document(text, format_name))
    assert said in str(fault.value)
    assert fault.value.facts["line"] == line


@pytest.mark.parametrize(
    ("data", "name", "kind", "said"),
    [
        (b"", "a.ttl", InvalidInputError, "empty"),
        ("é".encode("utf-16"), "a.ttl", SyntaxFaultError, "UTF-16"),
        (zipped("a.ttl", "b.ttl"), "two.zip", InvalidInputError, "2 files"),
        (b"PK\x03\x04 damaged", "a.zip", InvalidInputError, "damaged"),
        (gzip.compress(TURTLE)[:-9], "cut.ttl.gz", RegistryError, "damaged"),
        (TURTLE, "a.docx", InvalidInputError, "format"),
        (b"# " + b"x" * (17 << 20), "long.ttl", TooLargeError, "16 MiB"),
    ],
)
def test_bad_documents_are_named(data: bytes, name: str, kind: type[RegistryError], said: str) -> None:
    with pytest.raises(kind, match=said):
        read(data, name)


@pytest.mark.parametrize("pack", [lambda body: zipped("a.ttl", body=body), gzip.compress])
def test_an_exploding_archive_is_not_read_to_its_end(pack: Callable[[bytes], bytes]) -> None:
    bomb = pack(b"# nothing\n" * 15_000_000)
    with pytest.raises(TooLargeError, match="100 times"):
        read(bomb, "bomb.ttl")
