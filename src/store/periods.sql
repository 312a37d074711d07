-- periods.sql: format 4 of winnow.db: strata, and reports of closed periods.

-- A guard label's decisions (results.stratum) are a stratum with states, windows and drift of its own. There
-- `task` is TASK#HASH: 16 hex digits of the label's keyed hash; windows.stratum is not used.
-- first(item) of format 2 was told by `item`; it is told by `u`, which is drawn once for each item, and for
-- each text where an item's id is only a place in a file.
DROP INDEX results_proof;
CREATE INDEX results_proof ON results (task, key, id, u, route, s, pi, hard_flag, fold, created, stratum);

-- What a period's random reviews said: made once, when it is closed, and never changed. started, ended: Unix
-- seconds, the end not included. n reviewed of those below the lowest rate, k wrong, pending not reviewed in
-- time; upper: the bound that is shown, NULL = none. body: the report as it is printed.
CREATE TABLE reports (
    id        INTEGER PRIMARY KEY,
    mac       BLOB NOT NULL,
    task      TEXT NOT NULL,                -- as in states
    name      TEXT NOT NULL,                -- '2026-10', '2026-Q4', '2026-10-17'
    started   INTEGER NOT NULL,
    ended     INTEGER NOT NULL,
    closed    INTEGER NOT NULL,
    total     INTEGER NOT NULL,
    automatic INTEGER NOT NULL,
    n         INTEGER NOT NULL,
    k         INTEGER NOT NULL,
    pending   INTEGER NOT NULL,
    rate      REAL NOT NULL,
    eps       REAL NOT NULL,
    delta     REAL NOT NULL,
    upper     REAL,
    body      BLOB,                         -- sealed
    UNIQUE (task, name)
) STRICT;
CREATE INDEX results_period ON results (task, created, u, route);
