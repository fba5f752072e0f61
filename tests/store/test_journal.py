"""The log and the state behind it: one suite over every database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from registry.rdf.patch import Patch, apply
from registry.rdf.terms import SKOS
from registry.store import journal
from registry.store.database import execute, rows
from registry.store.journal import Entry
from registry.store.payloads import NewPayload, erase_principal, read_payloads
from registry.store.search import labels_containing, labels_equal
from registry.store.store import Store
from registry.store.verification import Verification, verify
from tests.adapters.registries import Registry

GRAPH = NamedNode("https://registry.example/graph/scheme/test")
OTHER = NamedNode("https://registry.example/graph/scheme/other")


def node(name: str) -> NamedNode:
    return NamedNode(f"https://vocab.example/{name}")


def label(name: str, text: str, language: str = "en", graph: NamedNode = GRAPH) -> Quad:
    return Quad(node(name), SKOS.prefLabel, Literal(text, language=language), graph)


def record(store: Store, added: Sequence[Quad] = (), removed: Sequence[Quad] = (), principal: str = "p-1") -> int:
    payload = NewPayload("request", "request", {"label": "secret name"}, principal)
    with store.writing() as connection:
        entry = Entry("test.write", principal, Patch(frozenset(added), frozenset(removed)), (payload,))
        return journal.append(connection, entry).seq


def verified(store: Store, anchored: Sequence[tuple[int, str]] = ()) -> Verification:
    with store.reading() as reader:
        return verify(reader.connection, anchored)


def standing(store: Store, at: int | None = None) -> set[Quad]:
    with store.reading(at=at) as reader:
        return set(reader.quads())


def test_every_write_has_the_next_seq_and_a_later_time(backend: Registry) -> None:
    seqs = [record(backend.store, [label(f"c{n}", "x")]) for n in range(5)]
    assert seqs == [1, 2, 3, 4, 5]
    with backend.store.reading() as reader:
        logged = journal.read(reader.connection)
    times = [record.recorded_at for record in logged]
    assert times == sorted(set(times))
    assert verified(backend.store) == Verification(True, 5, logged[-1].hash)


def test_a_clock_that_goes_back_does_not(backend: Registry) -> None:
    with backend.store.writing() as connection:
        now = datetime(2030, 1, 1, tzinfo=UTC)
        journal.append(connection, Entry("a", "p"), now=now)
        later = journal.append(connection, Entry("b", "p"), now=now - timedelta(days=1))
    assert later.recorded_at == "2030-01-01T00:00:00.000001Z"


def test_the_state_at_every_seq(backend: Registry) -> None:
    first, second = label("a", "Account"), label("a", "Konto", "de")
    record(backend.store, [first])
    record(backend.store, [second], [first])
    record(backend.store, [first])
    assert [standing(backend.store, at) for at in (1, 2, 3)] == [{first}, {second}, {first, second}]
    assert standing(backend.store) == {first, second}
    with backend.store.reading() as reader:
        assert reader.version(node("a")) == 3
        assert [(seq, added, quad.object.value) for seq, added, quad in reader.touches(node("a"))] == [  # type: ignore[union-attr]
            (1, True, "Account"), (2, False, "Account"), (2, True, "Konto"), (3, True, "Account"),
        ]  # fmt: skip
    with backend.store.reading(at=1) as reader:
        assert reader.version(node("a")) == 1
        assert len(list(reader.touches(node("a")))) == 1


def test_a_hidden_graph_was_never_there(backend: Registry) -> None:
    from registry.store.quads import term_id

    record(backend.store, [label("a", "Account"), label("b", "Account", graph=OTHER)])
    with backend.store.reading(hidden=frozenset([term_id(OTHER)])) as reader:
        assert reader.quads() == [label("a", "Account")]
        assert [hit.concept for hit in labels_equal(reader, ["account"])] == [node("a")]
        assert [hit.concept for hit in labels_containing(reader, "acc", limit=9)] == [node("a")]
        assert reader.graphs() == [GRAPH]
        assert reader.version(node("b")) == 0
        assert list(reader.touches(node("b"))) == []
        assert reader.count(SKOS.prefLabel, Literal("Account", language="en")) == 1


@pytest.mark.parametrize("text", ["Account", "ACCOUNT", " account ", "Acco", "ccoun", "it", "i"])
def test_labels_are_found_by_their_parts(backend: Registry, text: str) -> None:
    record(backend.store, [label("a", "Account"), label("i", "IT"), label("x", "Exit")])
    with backend.store.reading() as reader:
        found = {hit.concept for hit in labels_containing(reader, text, limit=10)}
    expected = {"i"} if text in ("it", "i") else {"a"}
    assert found == {node(name) for name in expected}


def test_labels_with_quotes_and_percent_signs_are_found(backend: Registry) -> None:
    texts = ['say "hello"', "100 % cotton", "a_b", "back\\slash", "naïve café", "日本語の用語", "O'Brien"]
    record(backend.store, [label(f"c{n}", text) for n, text in enumerate(texts)])
    with backend.store.reading() as reader:
        for n, text in enumerate(texts):
            assert node(f"c{n}") in {hit.concept for hit in labels_containing(reader, text, limit=10)}, text
        assert labels_containing(reader, "", limit=10) == []


def test_a_removed_label_is_found_in_the_past_only(backend: Registry) -> None:
    record(backend.store, [label("a", "Account")])
    record(backend.store, [], [label("a", "Account")])
    with backend.store.reading() as reader:
        assert labels_equal(reader, ["account"]) == []
    with backend.store.reading(at=1) as reader:
        assert [hit.text for hit in labels_equal(reader, ["account"])] == ["Account"]


def test_a_very_long_label_is_kept_and_found(backend: Registry) -> None:
    text = "long " * 4_000
    record(backend.store, [label("a", text)])
    with backend.store.reading() as reader:
        assert [hit.text for hit in labels_containing(reader, text, limit=5)] == [text]


def test_erased_payloads_leave_an_intact_log(backend: Registry) -> None:
    record(backend.store, [label("a", "Account")], principal="p-1")
    record(backend.store, [label("b", "Lead")], principal="p-2")
    with backend.store.writing() as connection:
        assert erase_principal(connection, "p-1", 3) == 1
        journal.append(connection, Entry("principal.erase", "p-2"))
    with backend.store.reading() as reader:
        assert read_payloads(reader.connection, [1, 2]) == {
            1: {"request": "erased"},
            2: {"request": {"label": "secret name"}},
        }
        left = rows(reader.connection, "SELECT salt, body FROM payload WHERE seq = 1")
    assert left == [(None, None)]
    assert verified(backend.store).intact


def _edit_header(store: Store) -> None:
    with store.writing() as c:
        execute(c, "UPDATE record SET header = replace(header, 'p-1', 'p-9') WHERE seq = 3")


def _edit_column(store: Store) -> None:
    with store.writing() as c:
        execute(c, "UPDATE record SET principal = 'p-9' WHERE seq = 3")


def _delete(store: Store) -> None:
    with store.writing() as c:
        execute(c, "DELETE FROM record WHERE seq = 3")


def _swap(store: Store) -> None:
    with store.writing() as c:
        execute(c, "UPDATE record SET seq = -1 WHERE seq = 3")
        execute(c, "UPDATE record SET seq = 3 WHERE seq = 4")
        execute(c, "UPDATE record SET seq = 4 WHERE seq = -1")


def _edit_payload(store: Store) -> None:
    with store.writing() as c:
        execute(c, "UPDATE payload SET body = '{}' WHERE seq = 3")


def _drop_payload_quietly(store: Store) -> None:
    with store.writing() as c:
        execute(c, "UPDATE payload SET body = NULL, salt = NULL WHERE seq = 3")


def _edit_patch(store: Store) -> None:
    with store.writing() as c:
        execute(c, "UPDATE patch SET body = (SELECT body FROM patch p WHERE p.seq = 2) WHERE seq = 3")


def _edit_quad(store: Store) -> None:
    with store.writing() as c:
        execute(c, "UPDATE quad SET object = object + 1 WHERE since_seq = 3")


def _end_quad(store: Store) -> None:
    with store.writing() as c:
        execute(c, "UPDATE quad SET until_seq = 3 WHERE since_seq = 2")


@pytest.mark.parametrize(
    "tamper",
    [
        _edit_header,
        _edit_column,
        _delete,
        _swap,
        _edit_payload,
        _drop_payload_quietly,
        _edit_patch,
        _edit_quad,
        _end_quad,
    ],
)
def test_the_first_bad_record_is_named(backend: Registry, tamper: Callable[[Store], None]) -> None:
    for n in range(6):
        record(backend.store, [label(f"c{n}", "x")])
    assert verified(backend.store).intact
    tamper(backend.store)
    found = verified(backend.store)
    assert (found.intact, found.first_bad) == (False, 3), found.reason
    assert found.reason


def test_a_changed_term_is_seen(backend: Registry) -> None:
    record(backend.store, [label("a", "Account")])
    with backend.store.writing() as c:
        execute(c, "UPDATE term SET value = 'Amount' WHERE value = 'Account'")
    assert not verified(backend.store).intact


TABLES = (("record", "seq"), ("patch", "seq"), ("payload", "seq"), ("quad", "since_seq"), ("record_graph", "seq"))


def test_truncation_is_seen_with_an_anchor_only(backend: Registry) -> None:
    for n in range(4):
        record(backend.store, [label(f"c{n}", "x")])
    with backend.store.reading() as reader:
        anchor = journal.head(reader.connection)[:2]
        earlier = journal.read(reader.connection, where="seq = 3")[0]
    with backend.store.writing() as c:
        for name, column in TABLES:
            execute(c, f"DELETE FROM {name} WHERE {column} = 4")
        execute(c, "UPDATE head SET seq = 3, hash = :hash WHERE scope = '*'", {"hash": earlier.hash})
    assert verified(backend.store).intact
    assert verified(backend.store, [anchor]).first_bad == 4
    record(backend.store, [label("new", "y")])
    assert verified(backend.store).intact
    assert verified(backend.store, [anchor]).first_bad == 4


def _fail_half_way(store: Store) -> None:
    with store.writing() as connection:
        journal.append(connection, Entry("x", "p", Patch(frozenset([label("b", "Lead")]))))
        raise ZeroDivisionError


def test_a_failed_write_leaves_nothing(backend: Registry) -> None:
    record(backend.store, [label("a", "Account")])
    with pytest.raises(ZeroDivisionError):
        _fail_half_way(backend.store)
    assert backend.store.head() == 1
    assert standing(backend.store) == {label("a", "Account")}
    assert verified(backend.store).intact


QUADS = [label(f"c{n % 4}", f"text {n}") for n in range(10)] + [
    Quad(node("c1"), SKOS.broader, node("c2"), GRAPH),
    Quad(node("c1"), SKOS.notation, Literal("7"), OTHER),
]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sets(st.sampled_from(range(len(QUADS)))), min_size=1, max_size=8))
def test_the_state_is_the_fold_of_the_patches(sqlite_registry: Registry, steps: list[set[int]]) -> None:
    store = sqlite_registry.store
    began = store.head()
    history: list[tuple[int, frozenset[Quad]]] = [(began, frozenset(standing(store)))] if began else []
    for step in steps:
        wanted = frozenset(QUADS[n] for n in step)
        before = frozenset(standing(store))
        seq = record(store, list(wanted - before), list(before - wanted))
        history.append((seq, wanted))
    for seq, wanted in history:
        assert standing(store, seq) == wanted
    with store.reading() as reader:
        folded: frozenset[Quad] = frozenset()
        for seq in range(1, store.head() + 1):
            folded = apply(folded, journal.patch_at(reader.connection, seq))
        assert folded == set(reader.quads())
        assert verify(reader.connection).intact
