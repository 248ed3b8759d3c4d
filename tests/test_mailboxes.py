"""What IMAP needs of the store: flags, names, subscriptions, recent messages, and what has changed."""

import sqlite3
from pathlib import Path

import pytest

from mailshell.core.clock import Instant
from mailshell.mail import state
from mailshell.mail.disk import SCHEMA, Disk
from mailshell.mail.state import Box, BoxKey
from mailshell.mail.store import Store

INBOX, WORK = BoxKey("nyu.edu", "bob", "INBOX"), BoxKey("nyu.edu", "bob", "Work")
NOON = Instant(0)
SEEN = frozenset({"\\Seen"})


def filled(count: int = 3, store: Store | None = None) -> Store:
    store = store or Store(history=True)
    store.create(INBOX, "")
    for _ in range(count):
        store.append(INBOX, store.keep(b"hello"), at=NOON)
    store.commit()
    return store


def box(store: Store, key: BoxKey = INBOX):
    found = store.mailbox(key)
    assert found is not None
    return found


def test_flags_change_together_under_one_mod_sequence():
    store = filled()
    before = box(store).box.modseq
    changed = store.flag(INBOX, {1: SEEN, 2: frozenset({"$x"}), 3: frozenset(), 9: SEEN})
    assert [(one.uid, one.modseq) for one in changed] == [(1, before + 1), (2, before + 1)]
    assert box(store).box.modseq == before + 1
    assert box(store).box.keywords == ("$x",)
    assert box(store).messages[1].flags == SEEN
    assert store.flag(INBOX, {1: SEEN}) == []
    assert box(store).box.modseq == before + 1


def test_a_keyword_is_spelled_as_it_was_first_in_its_mailbox():
    """RFC 3501 section 9, note 1: letters are the same in either case."""
    store = filled(2)
    store.create(WORK)
    store.flag(INBOX, {1: frozenset({"$Work", "$b", "$B"})})
    store.flag(INBOX, {2: frozenset({"$work", "\\Seen"})})
    store.append(WORK, store.keep(b"hello"), at=NOON, flags=frozenset({"$WORK"}))
    store.add(WORK, box(store).messages.values())
    assert box(store).box.keywords == ("$B", "$Work")
    assert [one.flags for one in box(store).messages.values()] == [{"$Work", "$B"}, {"$Work", "\\Seen"}]
    assert box(store, WORK).box.keywords == ("$WORK", "$B")
    assert [one.flags for one in box(store, WORK).messages.values()] == [
        {"$WORK"}, {"$WORK", "$B"}, {"$WORK", "\\Seen"}
    ]  # fmt: skip
    assert store.flag(INBOX, {2: frozenset({"$wORK", "\\Seen"})}) == []


def test_copies_share_the_body_and_the_object_id():
    store = filled(2)
    store.create(WORK)
    originals = list(box(store).messages.values())
    copies = store.add(WORK, originals)
    assert [(one.uid, one.body, one.object_id) for one in copies] == [
        (number, one.body, one.object_id) for number, one in enumerate(originals, 1)
    ]
    assert (box(store, WORK).box.uidnext, box(store, WORK).box.modseq) == (3, 2)
    store.remove(INBOX, [1, 2])
    store.commit()
    assert store.octets(copies[0].body) == b"hello"


@pytest.mark.parametrize("history", [True, False])
def test_the_octets_go_with_the_last_copy(history):
    store = filled(1, Store(history=history))
    store.create(WORK)
    (copy,) = store.add(WORK, box(store).messages.values())
    store.delete(INBOX)
    store.commit()
    assert store.octets(copy.body) == b"hello"
    store.delete(WORK)
    store.commit()
    if history:
        store.rewind(-1)
    else:
        with pytest.raises(KeyError):
            store.octets(copy.body)


def test_a_mailbox_gets_another_name_and_keeps_its_uids():
    store = filled()
    head, before = store.head, box(store).box
    messages = list(box(store).messages.items())
    store.rename(INBOX, "Work")
    assert store.mailbox(INBOX) is None
    assert (box(store, WORK).box, list(box(store, WORK).messages.items())) == (before, messages)
    store.rewind(head)
    assert list(box(store).messages.items()) == messages
    store.create(WORK)
    with pytest.raises(ValueError, match="has a mailbox Work"):
        store.rename(INBOX, "Work")
    with pytest.raises(KeyError):
        store.rename(BoxKey("nyu.edu", "bob", "nowhere"), "x")


def test_a_mailbox_made_anew_has_another_uidvalidity():
    store = filled()
    validity = box(store).box.uidvalidity
    store.delete(INBOX)
    assert store.mailbox(INBOX) is None
    assert store.create(INBOX).box.uidvalidity > validity


def test_subscriptions_are_names_and_need_no_mailbox():
    store = filled()
    store.subscribe(WORK)
    store.subscribe(INBOX._replace(name="inbox"))
    changes = store.changes
    store.subscribe(WORK)
    assert store.changes == changes
    assert store.subscriptions("nyu.edu", "BOB") == ["INBOX", "Work"]
    store.subscribe(WORK, wanted=False)
    store.subscribe(WORK, wanted=False)
    assert store.subscriptions("nyu.edu", "bob") == ["INBOX"]
    store.rewind(changes - 1)
    assert store.subscriptions("nyu.edu", "bob") == ["INBOX", "Work"]


def test_a_message_is_recent_for_one_session():
    store = filled()
    modseq = box(store).box.modseq
    assert store.claim(INBOX) == range(1, 4)
    assert store.claim(INBOX) == range(4, 4)
    store.append(INBOX, store.keep(b""), at=NOON)
    assert store.claim(INBOX) == range(4, 5)
    assert box(store).box.modseq == modseq + 1


def test_a_mailbox_remembers_which_messages_have_changed(monkeypatch):
    store = filled()
    start = box(store).box.modseq
    assert set(box(store).changed(start) or ()) == set()
    store.flag(INBOX, {2: SEEN})
    store.append(INBOX, store.keep(b""), at=NOON)
    store.remove(INBOX, [3])
    assert set(box(store).changed(start) or ()) == {2, 3}
    assert set(box(store).changed(start + 2) or ()) == {3}
    assert box(store).newer(3) == [4]
    assert box(store).newer(5) == []
    monkeypatch.setattr(state, "LOG", 2)
    store.flag(INBOX, {1: SEEN})
    assert box(store).changed(start) is None
    assert set(box(store).changed(start + 4) or ()) == set()


def test_after_an_undo_nobody_remembers():
    store = filled()
    head, start = store.head, box(store).box.modseq
    store.flag(INBOX, {1: SEEN})
    store.rewind(head)
    assert box(store).box.modseq == start
    assert set(box(store).changed(start) or ()) == set()
    assert box(store).changed(start - 1) is None


def test_who_watches_is_told_of_each_mailbox_once():
    store = filled()
    store.touched()
    store.flag(INBOX, {1: SEEN})
    store.remove(INBOX, [2])
    assert store.touched() == {INBOX}
    assert store.touched() == set()
    assert store.claim(INBOX)
    assert store.touched() == set()


def test_what_is_derived_from_octets_is_made_once():
    store = filled(2)
    bodies = [one.body for one in box(store).messages.values()]
    made: list[bytes] = []

    def both(octets: bytes) -> dict[str, bytes]:
        made.append(octets)
        return {"upper": octets.upper(), "first": octets[:1]}

    assert store.digests("upper", both, [bodies[0]]) == [b"HELLO"]
    assert store.digests("upper", both, bodies) == [b"HELLO", b"HELLO"]
    assert store.digests("first", both, bodies) == [b"h", b"h"]
    assert len(made) == 2


def test_all_of_it_is_durable(tmp_path):
    path = str(tmp_path / "state")
    store = filled(3, Store(disk=Disk(path)))
    store.create(WORK, "\\Drafts")
    store.flag(INBOX, {1: frozenset({"\\Seen", "$x"})})
    store.claim(INBOX)
    store.subscribe(WORK)
    store.commit()
    store.rename(WORK, "Play")
    store.subscribe(INBOX)
    store.subscribe(WORK, wanted=False)
    store.commit()
    kept = box(store).box, list(box(store).messages.values())
    store.close()
    store = Store(disk=Disk(path))
    assert (box(store).box, list(box(store).messages.values())) == kept
    assert box(store).box.keywords == ("$x",)
    assert box(store, WORK._replace(name="Play")).box.use == "\\Drafts"
    assert store.subscriptions("nyu.edu", "bob") == ["INBOX"]
    assert box(store).changed(kept[0].modseq - 1) is None
    store.close()


def test_the_mailboxes_of_an_older_state_file_get_their_use_and_their_subscriptions(tmp_path):
    path = tmp_path / "state"
    connection = sqlite3.connect(path)
    connection.executescript((Path(__file__).parent / "schema-1.sql").read_text(encoding="utf-8"))
    connection.executescript(
        "INSERT INTO mailbox VALUES (1, 'nyu.edu', 'bob', 'INBOX', 7, 9, 8);"
        "INSERT INTO mailbox VALUES (2, 'nyu.edu', 'bob', 'Sent', 8, 1, 1);"
    )
    connection.close()
    store = Store(disk=Disk(str(path)))
    assert box(store).box == Box(7, 9, 8)
    assert box(store, INBOX._replace(name="Sent")).box == Box(8, 1, 1, use="\\Sent")
    assert store.subscriptions("nyu.edu", "bob") == ["INBOX", "Sent"]
    assert store._disk is not None
    assert store._disk._connection.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
    store.close()
