"""The store in memory: values, changes, undo, rollback, room."""

import pytest

from mailshell.core.clock import Instant
from mailshell.mail.queue import Queued, Recipient
from mailshell.mail.store import Account, Box, BoxKey, Change, Full, Message, Store

INBOX = BoxKey("nyu.edu", "bob", "INBOX")
SENT = BoxKey("nyu.edu", "bob", "Sent")
NOON = Instant(1_425_902_400_000_000)


def picture(store: Store, hosts: tuple[str, ...] = ("nyu.edu", "lancs.uk"), users: tuple[str, ...] = ("bob", "carol")):
    """All that a reader can see of a store, as one comparable value; the octets of every message are read."""
    mailboxes = [box for host in hosts for user in users for box in store.mailboxes(host, user)]
    queued = [item for host in hosts for item in store.queue(host)]
    bodies = {item.body: store.octets(item.body) for box in mailboxes for item in box.messages.values()}
    bodies |= {item.body: store.octets(item.body) for item in queued}
    bodies |= {item.body: store.octets(item.body) for item in store.held()}
    return (
        [store.accounts(host) for host in hosts],
        [(box.key, box.box, list(box.messages.items())) for box in mailboxes],
        queued,
        [item for item in store.held() if item.host in hosts],
        bodies,
        dict(store._counters),
    )


def test_an_empty_store_has_nothing():
    store = Store()
    assert store.account("nyu.edu", "bob") is None
    assert store.accounts("nyu.edu") == []
    assert store.mailbox(INBOX) is None
    assert store.mailboxes("nyu.edu", "bob") == []
    assert store.queue("nyu.edu") == []
    assert (store.changes, store.head) == (0, -1)
    with pytest.raises(KeyError):
        store.octets(1)


def test_an_account_is_found_in_any_case_and_kept_as_given():
    store = Store()
    bob = Account("nyu.edu", "Bob", "hungry", "Bob")
    carol = Account("nyu.edu", "Carol", "garden", "Carol")
    store.add_account(carol)
    store.add_account(bob)
    assert store.account("nyu.edu", "bOB") is bob
    assert store.account("lancs.uk", "bob") is None
    assert store.accounts("nyu.edu") == [bob, carol]


def test_an_account_of_the_same_name_is_replaced():
    store = Store(history=True)
    old, new = Account("nyu.edu", "bob", "hungry", "Bob"), Account("nyu.edu", "BOB", "full", "Bob")
    store.add_account(old)
    store.add_account(new)
    assert store.accounts("nyu.edu") == [new]
    assert store.change(1) == Change(0, ("account", "nyu.edu", "bob"), old, new)
    store.rewind(0)
    assert store.accounts("nyu.edu") == [old]


def test_mailboxes_have_names_and_counters():
    store = Store()
    created = store.create(BoxKey("nyu.edu", "Bob", "inbox"))
    assert created.key == INBOX
    assert created.box == Box(uidvalidity=1, uidnext=1, modseq=1)
    assert created.messages == {}
    for name in ("a/b", "Sent", "INBOX/x"):
        store.create(BoxKey("nyu.edu", "bob", name))
    assert store.mailbox(BoxKey("nyu.edu", "BOB", "InBox")) is created
    assert store.mailbox(BoxKey("nyu.edu", "bob", "sent")) is None
    assert [box.key.name for box in store.mailboxes("nyu.edu", "Bob")] == ["INBOX", "INBOX/x", "Sent", "a/b"]
    assert [box.box.uidvalidity for box in store.mailboxes("nyu.edu", "bob")] == [1, 4, 3, 2]


def test_only_the_ascii_letters_make_inbox():
    store = Store()
    store.create(INBOX)
    assert store.mailbox(BoxKey("nyu.edu", "bob", "\N{LATIN SMALL LETTER DOTLESS I}nbox")) is None


def test_a_name_is_taken_once():
    store = Store()
    store.create(INBOX)
    with pytest.raises(ValueError, match=r"bob has a mailbox INBOX on nyu\.edu"):
        store.create(BoxKey("nyu.edu", "bob", "inbox"))
    assert store.changes == 2


def test_a_message_is_appended_with_all_that_it_keeps():
    store = Store()
    box = store.create(INBOX)
    body = store.keep(b"Subject: hi\r\n\r\nhi\r\n")
    first = store.append(INBOX, body, at=NOON, zone=60, flags=frozenset({"\\Seen"}))
    second = store.append(BoxKey("nyu.edu", "BOB", "inbox"), body, at=Instant(NOON + 1))
    assert first == Message(1, body, 19, NOON, 60, NOON, f"M{body}", 2, frozenset({"\\Seen"}))
    assert second == Message(2, body, 19, Instant(NOON + 1), 0, Instant(NOON + 1), f"M{body}", 3, frozenset())
    assert box.messages == {1: first, 2: second}
    assert list(box.messages) == [1, 2]
    assert box.box == Box(1, 3, 3)
    assert store.octets(body) == b"Subject: hi\r\n\r\nhi\r\n"


def test_what_does_not_exist_cannot_be_used():
    store = Store()
    body = store.keep(b"x")
    with pytest.raises(KeyError):
        store.append(INBOX, body, at=NOON)
    store.create(INBOX)
    before = store.changes
    with pytest.raises(KeyError):
        store.append(INBOX, body + 1, at=NOON)
    with pytest.raises(KeyError):
        store.enqueue("nyu.edu", "1", "", (Recipient("a@b.test"),), body + 1, NOON)
    assert store.changes == before


def test_the_queue_is_oldest_first_and_a_host_has_its_own():
    store = Store()
    body = store.keep(b"12345")
    made = [store.enqueue("nyu.edu", str(n), "bob@nyu.edu", (Recipient(f"{n}@b.test"),), body, NOON) for n in range(11)]
    other = store.enqueue("lancs.uk", "1", "", (), body, NOON)
    assert made[0] == Queued("0", "nyu.edu", "bob@nyu.edu", (Recipient("0@b.test"),), body, 5, NOON, NOON)
    assert store.queue("nyu.edu") == made
    assert store.queue("lancs.uk") == [other]
    assert [store.queued(one.host, one.id) for one in (*made, other)] == [*made, other]
    assert store.queued("lancs.uk", "10") is None


def test_counters_count_by_themselves():
    store = Store()
    assert [store.number("a"), store.number("a"), store.number("b"), store.number("a")] == [1, 2, 1, 3]


def test_a_change_tells_parent_before_and_after():
    store = Store(history=True)
    store.create(INBOX)
    message = store.append(INBOX, store.keep(b"x"), at=NOON)
    assert store.change(0) == Change(-1, ("counter", "uidvalidity"), None, 1)
    assert store.change(1) == Change(0, ("box", INBOX), None, Box(1, 1, 1))
    assert store.change(2) == Change(1, ("box", INBOX), Box(1, 1, 1), Box(1, 2, 2))
    assert store.change(3) == Change(2, ("message", INBOX, 1), None, message)
    for number in (-1, 4):
        with pytest.raises(LookupError):
            store.change(number)


def test_without_history_a_commit_forgets_the_changes():
    store = Store()
    store.number("a")
    store.commit()
    store.number("a")
    assert (store.changes, store.head) == (2, 1)
    assert store.change(1) == Change(0, ("counter", "a"), 1, 2)
    with pytest.raises(LookupError):
        store.change(0)
    with pytest.raises(ValueError, match="keeps no history"):
        store.rewind(0)


def test_rollback_forgets_everything_since_the_commit():
    for history in (False, True):
        store = Store(history=history)
        store.create(INBOX)
        kept = store.keep(b"kept")
        store.append(INBOX, kept, at=NOON)
        store.commit()
        before, changes, head = picture(store), store.changes, store.head
        store.add_account(Account("nyu.edu", "bob", "hungry", "Bob"))
        store.create(SENT)
        lost = store.keep(b"lost")
        store.append(INBOX, lost, at=NOON)
        store.append(SENT, kept, at=NOON)
        store.enqueue("nyu.edu", "1", "", (Recipient("a@b.test"),), lost, NOON)
        store.rollback()
        assert picture(store) == before
        assert (store.changes, store.head) == (changes, head)
        with pytest.raises(KeyError):
            store.octets(lost)
        assert store.keep(b"new") > lost  # the number of a body is never used again
        store.rollback()
        store.rollback()
        assert picture(store) == before


def test_undo_and_redo_give_the_same_values():
    store = Store(history=True)
    store.add_account(Account("nyu.edu", "bob", "hungry", "Bob"))
    store.create(INBOX)
    middle, seen = store.head, picture(store)
    store.append(INBOX, store.keep(b"one"), at=NOON)
    store.enqueue("nyu.edu", "1", "", (Recipient("a@b.test"),), store.keep(b"two"), NOON)
    end, full = store.head, picture(store)
    store.rewind(middle)
    assert picture(store) == seen
    store.rewind(end)
    assert picture(store) == full
    store.rewind(-1)
    assert picture(store) == picture(Store())
    store.rewind(end)
    assert picture(store) == full
    assert store.changes == end + 1


def test_a_change_after_an_undo_is_a_branch_and_nothing_is_lost():
    store = Store(history=True)
    store.create(INBOX)
    fork = store.head
    store.append(INBOX, store.keep(b"left"), at=NOON)
    left, seen_left = store.head, picture(store)
    store.rewind(fork)
    store.append(INBOX, store.keep(b"right"), at=NOON)
    right, seen_right = store.head, picture(store)
    assert store.change(left + 1).parent == fork
    assert seen_left != seen_right
    for _ in range(2):
        store.rewind(left)
        assert picture(store) == seen_left
        store.rewind(right)
        assert picture(store) == seen_right


def test_a_rollback_takes_a_rewind_back():
    store = Store(history=True)
    store.number("a")
    store.number("a")
    store.commit()
    store.rewind(0)
    store.number("b")
    store.rollback()
    assert (store.changes, store.head) == (2, 1)
    assert (store.number("a"), store.number("b")) == (3, 1)


def test_rewind_goes_nowhere_unknown():
    store = Store(history=True)
    store.number("a")
    for head in (-2, 1):
        with pytest.raises(ValueError, match=f"there is no change {head}"):
            store.rewind(head)
    assert store.head == 0


def test_a_store_in_memory_is_full_at_its_limit():
    store = Store(limit=10)
    store.keep(b"12345")
    store.commit()
    store.keep(b"12345")
    with pytest.raises(Full, match="There is no room: all messages together may take 10 octets"):
        store.keep(b"6")
    store.keep(b"")
    store.rollback()
    store.keep(b"54321")


def test_closing_a_store_in_memory_does_nothing():
    store = Store()
    store.number("a")
    store.close()
    assert store.number("a") == 2


def test_a_refusing_store_changes_nothing_for_a_while():
    store = Store()
    store.create(INBOX)
    body = store.keep(b"x")
    store.append(INBOX, body, at=NOON)
    before = picture(store), store.changes, store.head
    attempts = (
        lambda: store.keep(b"y"),
        lambda: store.append(INBOX, body, at=NOON),
        lambda: store.enqueue("nyu.edu", "1", "", (), body, NOON),
        lambda: store.create(SENT),
        lambda: store.add_account(Account("nyu.edu", "bob", "hungry", "Bob")),
        lambda: store.number("a"),
    )
    why = Full("There is no room.")
    with store.refusing(why):
        for attempt in attempts:
            with pytest.raises(Full) as caught:
                attempt()
            assert caught.value is why
    assert (picture(store), store.changes, store.head) == before
    for attempt in attempts:
        attempt()
    assert not store.durable


def filled(store: Store, count: int = 3) -> int:
    """A mailbox with so many copies of one message; the number of the body."""
    store.create(INBOX)
    body = store.keep(b"x" * 10)
    for _ in range(count):
        store.append(INBOX, body, at=NOON)
    store.commit()
    return body


def test_messages_can_be_removed():
    store = Store(history=True)
    filled(store)
    mailbox = store.mailbox(INBOX)
    assert mailbox is not None
    modseq, head = mailbox.box.modseq, store.head
    store.remove(INBOX, [1, 3, 99])
    assert list(mailbox.messages) == [2]
    assert mailbox.box == Box(mailbox.box.uidvalidity, 4, modseq + 1)
    changes = store.changes
    store.remove(INBOX, [1])
    assert store.changes == changes, "nothing to remove is no change"
    store.rewind(head)
    assert list(mailbox.messages) == [1, 2, 3], "in the order of the uids"
    with pytest.raises(KeyError):
        store.remove(SENT, [1])


def test_messages_of_a_mailbox_that_undo_takes_away():
    store = Store(history=True)
    start = store.head
    filled(store)
    store.remove(INBOX, [2])
    store.rewind(start)
    assert store.mailbox(INBOX) is None
    store.rewind(store.changes - 1)
    mailbox = store.mailbox(INBOX)
    assert mailbox is not None
    assert list(mailbox.messages) == [1, 3]


def test_octets_that_nobody_needs_go_with_the_last_copy():
    store = Store(limit=25)
    body = filled(store)
    store.remove(INBOX, [1, 2])
    store.commit()
    assert store.octets(body) == b"x" * 10
    held = store.hold("nyu.edu", "1", ("bob",), body, NOON)
    store.remove(INBOX, [3])
    store.commit()
    assert store.octets(body)
    store.release(held)
    store.commit()
    store.remove(INBOX, [4])
    assert store.octets(body), "not before the commit: it may fail"
    store.commit()
    with pytest.raises(KeyError):
        store.octets(body)
    store.keep(b"y" * 25)  # there is room for it again


def test_octets_stay_where_history_can_bring_the_message_back():
    store = Store(history=True)
    body = filled(store, 1)
    store.remove(INBOX, [1])
    store.commit()
    assert store.octets(body)


def test_a_removal_that_is_rolled_back_costs_nothing():
    store = Store()
    body = filled(store, 1)
    store.remove(INBOX, [1])
    store.rollback()
    store.commit()
    assert store.octets(body)
    store.remove(INBOX, [1])
    store.commit()
    with pytest.raises(KeyError):
        store.octets(body)


def test_a_number_can_be_noted_under_a_name():
    store = Store(history=True)
    assert store.noted("login") is None
    store.note("login", 7)
    store.note("login", 9)
    assert store.noted("login") == 9
    store.rewind(0)
    assert store.noted("login") == 7
