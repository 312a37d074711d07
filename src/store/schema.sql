-- schema.sql: format 1 of winnow.db. With the formats after it (trust.sql, lean.sql, periods.sql, signals.sql) and
-- seal.c it is all that a second reader needs.
--
-- The file is ours by application_id 0x57494e57 ("WINW"); user_version is the format. Later formats
-- come as numbered migrations (store.c), each run in one transaction.
--
-- Three kinds of column:
--   clear   times, task names, model ids, states, counts, costs, scores and bounds
--   hash    BLOB of 32 bytes: keyed BLAKE2b under the lookup key. Equal things can be found, not read.
--   sealed  BLOB, marked below: see seal.c. Its associated data name the table, the column and the
--           row's id, so a value that was moved or put back elsewhere does not open. NULL = none.
--
-- Every row has an `id` that is never given out twice and a `mac`: keyed BLAKE2b under the audit key
-- over the table's name and every other column that is not NULL (row.c says in which form), so that a
-- changed clear column is found as a changed sealed one is. `tally` holds for each table how many
-- rows there are and the XOR of their macs; so a row that was removed, added or put back is found too.

-- The store's own keys, wrapped by a key made from the root key. kind: 'data', 'lookup', 'audit' or
-- 'salt' (not a key: the secret text of permanent random numbers). state: 'active' or 'old' (a data
-- key whose values are being sealed anew). A row 'passphrase' holds no key, but how the root key is
-- made: Argon2id passes (8), bytes (8) and salt (16) in `wrapped`, in clear.
CREATE TABLE ring (
    id      INTEGER PRIMARY KEY,            -- the key id that stands in every sealed value
    mac     BLOB NOT NULL,
    kind    TEXT NOT NULL,
    state   TEXT NOT NULL,
    created INTEGER NOT NULL,
    root    TEXT NOT NULL,                  -- which root key it is wrapped with: its id, in hex
    wrapped BLOB NOT NULL                   -- sealed under the wrapping key, key id 0, column = kind
) STRICT;

-- One row per table: the last id given out, the number of rows, the XOR of their macs. For 'audit'
-- the sum is the mac of the last event; for 'schema' it covers the text of sqlite_schema. The sum of
-- 'all' is the MAC over the others: without the audit key no row here can be changed.
CREATE TABLE tally (
    name TEXT PRIMARY KEY,
    last INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    sum  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Replies that passed validation. A rowid table with an index beside it: random keys tear the pages
-- of a clustered one.
CREATE TABLE cache (
    id            INTEGER PRIMARY KEY,
    mac           BLOB NOT NULL,
    key           BLOB NOT NULL UNIQUE,     -- hash of all that makes the request
    task          TEXT NOT NULL,
    version       TEXT NOT NULL,
    model         TEXT NOT NULL,
    tokens_in     INTEGER NOT NULL,
    tokens_out    INTEGER NOT NULL,
    cost_microusd INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    expires       INTEGER NOT NULL,         -- 0 = never
    used          INTEGER NOT NULL,         -- last use, to the day
    item          BLOB,                     -- hashes: the item it was asked for, the item's bytes,
    content       BLOB,                     -- its sender; so that erasing an item finds its replies
    sender        BLOB,
    parts         BLOB,                     -- 8 bytes of a hash of each part of the key, in order
    value         BLOB NOT NULL             -- sealed
) STRICT;

-- Decisions. Never changed but for `current` and `open`, and once they are older than texts may be kept
-- (expire.c): then the sealed columns, `content` and `sender` become NULL and `same` zeros. `item` stays: a
-- proof counts each item once, and what is left of an item can still be forgotten. A review's correction and
-- note become NULL with its decision.
CREATE TABLE results (
    id            INTEGER PRIMARY KEY,
    mac           BLOB NOT NULL,
    task          TEXT NOT NULL,
    version       TEXT NOT NULL,
    model         TEXT NOT NULL,
    key           TEXT NOT NULL,            -- what a proof belongs to
    route         TEXT NOT NULL CHECK (route IN ('auto', 'review', 'failed')),
    state         TEXT NOT NULL,
    stratum       BLOB,                     -- hash of a guard label; NULL = none
    s             REAL,
    p             REAL,
    u             REAL,
    pi            REAL,
    hard_flag     INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    cost_microusd INTEGER NOT NULL,
    latency_ms    INTEGER NOT NULL,
    item          BLOB NOT NULL,            -- hashes: item id, item's bytes, sender, and
    content       BLOB,
    sender        BLOB,
    same          BLOB NOT NULL,            -- hash of what was decided: an equal decision makes no new row
    current       INTEGER NOT NULL,         -- 1: the newest of its task and item (and content, where the
                                            -- item's id is only a place in a file)
    open          INTEGER NOT NULL,         -- 1: no person's verdict counts on it
    item_id       BLOB,                     -- sealed, all four
    item_json     BLOB,
    result_json   BLOB,
    signals_json  BLOB
) STRICT;
CREATE UNIQUE INDEX results_current ON results (item, task, content) WHERE current = 1;
CREATE INDEX results_queue ON results (task) WHERE current = 1 AND open = 1 AND route = 'review';

-- A person's verdicts. The last one of a decision that was not taken back counts.
CREATE TABLE reviews (
    id         INTEGER PRIMARY KEY,
    mac        BLOB NOT NULL,
    decision   INTEGER NOT NULL REFERENCES results (id),
    time       INTEGER NOT NULL,
    verdict    TEXT NOT NULL CHECK (verdict IN ('accept', 'correct', 'unsure')),
    blind      INTEGER NOT NULL,
    undone     INTEGER NOT NULL,            -- when it was taken back; 0 = it counts
    correction BLOB,                        -- sealed, all three
    note       BLOB,
    reviewer   BLOB NOT NULL
) STRICT;
CREATE INDEX reviews_decision ON reviews (decision);

-- Values by name: the local model, what was learned about a provider.
CREATE TABLE kept (
    id    INTEGER PRIMARY KEY,
    mac   BLOB NOT NULL,
    kind  TEXT NOT NULL,
    name  TEXT NOT NULL,
    time  INTEGER NOT NULL,
    value BLOB NOT NULL,                    -- sealed
    UNIQUE (kind, name)
) STRICT;

-- What the bound on automatic decisions rests on: confidence.md, section 14. Counts and bounds only.
CREATE TABLE signals (
    id       INTEGER PRIMARY KEY,
    mac      BLOB NOT NULL,
    decision INTEGER NOT NULL REFERENCES results (id),
    question TEXT NOT NULL,
    name     TEXT NOT NULL,
    value    REAL NOT NULL
) STRICT;
CREATE INDEX signals_decision ON signals (decision);
CREATE TABLE windows (
    id      INTEGER PRIMARY KEY,
    mac     BLOB NOT NULL,
    task    TEXT NOT NULL,
    key     TEXT NOT NULL,
    stratum BLOB,                           -- hash, as in results
    start   INTEGER NOT NULL,
    cut_off INTEGER NOT NULL,
    look    INTEGER NOT NULL,
    n       INTEGER NOT NULL
) STRICT;
CREATE TABLE proofs (
    id     INTEGER PRIMARY KEY,
    mac    BLOB NOT NULL,
    window INTEGER NOT NULL REFERENCES windows (id),
    time   INTEGER NOT NULL,
    tau    REAL NOT NULL,
    g      INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    k      INTEGER NOT NULL,
    upper  REAL NOT NULL,
    eps    REAL NOT NULL,
    delta  REAL NOT NULL,
    ended  INTEGER NOT NULL,                -- 0 = it stands
    why    TEXT
) STRICT;
CREATE TABLE drift (
    id    INTEGER PRIMARY KEY,
    mac   BLOB NOT NULL,
    task  TEXT NOT NULL,
    key   TEXT NOT NULL,
    time  INTEGER NOT NULL,
    kind  TEXT NOT NULL,
    value REAL NOT NULL,
    bound REAL NOT NULL
) STRICT;

-- What was spent, by day and model: one ledger for all processes.
CREATE TABLE ledger (
    id       INTEGER PRIMARY KEY,
    mac      BLOB NOT NULL,
    day      TEXT NOT NULL,                 -- 'YYYY-MM-DD', UTC
    model    TEXT NOT NULL,                 -- '' = held by runs under way, not spent yet
    microusd INTEGER NOT NULL,
    UNIQUE (day, model)
) STRICT;

-- Sums since the store was made: 'cache_hits', 'cache_misses', 'cache_saved_microusd'; and 'rebuilt', the time
-- at which every page was last written anew.
CREATE TABLE counters (
    id   INTEGER PRIMARY KEY,
    mac  BLOB NOT NULL,
    name TEXT NOT NULL UNIQUE,
    n    INTEGER NOT NULL
) STRICT;

-- Rows that did not hold when they were read. A cache row was moved here whole (its value as it was
-- found); a row of another table stays where it is and is passed over.
CREATE TABLE aside (
    id    INTEGER PRIMARY KEY,
    mac   BLOB NOT NULL,
    time  INTEGER NOT NULL,
    tab   TEXT NOT NULL,
    row   INTEGER NOT NULL,
    col   TEXT NOT NULL,
    value BLOB,
    UNIQUE (tab, row)
) STRICT;

-- What happened, in order, ids without a gap. mac: over the mac of the event before, then as in any
-- row, but `body` is left out: `digest` stands for it, a keyed hash of its plain text (which begins
-- with 16 random bytes). So the chain holds through a change of data keys and after an erasure.
CREATE TABLE audit (
    id     INTEGER PRIMARY KEY,
    mac    BLOB NOT NULL,
    time   INTEGER NOT NULL,
    event  TEXT NOT NULL,                   -- 'created', 'decided', 'reviewed', 'undone', 'forgotten' (by a user; by the program: too old), ...
    actor  TEXT NOT NULL,                   -- 'program', 'model' or 'user'; who: in the body
    tab    TEXT,
    row    INTEGER,
    item   BLOB,                            -- hash
    digest BLOB NOT NULL,
    body   BLOB                             -- sealed {"by","before","after"}; NULL once erased
) STRICT;
CREATE INDEX audit_forgotten ON audit (item) WHERE event = 'forgotten';
