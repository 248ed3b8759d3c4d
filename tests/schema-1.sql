-- The tables of schema 1 of the state file, with one message in the outgoing queue.
CREATE TABLE account (host TEXT NOT NULL, folded TEXT NOT NULL, user TEXT NOT NULL, password TEXT NOT NULL,
    name TEXT NOT NULL, PRIMARY KEY (host, folded)) WITHOUT ROWID;
CREATE TABLE mailbox (id INTEGER PRIMARY KEY, host TEXT NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL, uidnext INTEGER NOT NULL, modseq INTEGER NOT NULL, UNIQUE (host, user, name));
CREATE TABLE message (mailbox INTEGER NOT NULL REFERENCES mailbox, uid INTEGER NOT NULL,
    body INTEGER NOT NULL REFERENCES body, size INTEGER NOT NULL, internal_date INTEGER NOT NULL,
    zone INTEGER NOT NULL, save_date INTEGER NOT NULL, object_id TEXT NOT NULL, modseq INTEGER NOT NULL,
    flags TEXT NOT NULL, PRIMARY KEY (mailbox, uid)) WITHOUT ROWID;
CREATE TABLE queued (host TEXT NOT NULL, id TEXT NOT NULL, reverse_path TEXT NOT NULL, recipients TEXT NOT NULL,
    body INTEGER NOT NULL REFERENCES body, size INTEGER NOT NULL, arrived INTEGER NOT NULL,
    PRIMARY KEY (host, id)) WITHOUT ROWID;
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE body (id INTEGER PRIMARY KEY AUTOINCREMENT, octets BLOB NOT NULL);
CREATE INDEX body_id ON body (id);
PRAGMA application_id = 1836279916;
PRAGMA user_version = 1;
INSERT INTO body VALUES (1, CAST('hello' AS BLOB));
INSERT INTO queued VALUES ('nyu.edu', 'Q1', 'bob@nyu.edu', 'a@b.test' || char(10) || '"x y"@b.test' || char(10), 1, 5, 7);
