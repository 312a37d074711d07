-- trust.sql: format 2 of winnow.db: what proofs and audits rest on, all of it clear.

-- The permanent random number that says whether a decision is learned from or proves something.
ALTER TABLE results ADD COLUMN fold REAL;

-- purpose: what the review was for, 'queue', 'certification_sample', 'audit_sample', 'second_review'.
-- wrong: 1 where a gated answer was changed and the old one not accepted as well, or nobody could tell.
-- who: hash of the reviewer's name. The first and the second review of a decision are by two people.
ALTER TABLE reviews ADD COLUMN purpose TEXT;
ALTER TABLE reviews ADD COLUMN wrong INTEGER;
ALTER TABLE reviews ADD COLUMN who BLOB;

-- last: the last decision there was when it was proved; later ones are accepted by it. sample, cut_off:
-- reviews of the campaign that it was made of, and the last decision of its pool, so that it can be
-- made again. A replay names the window of the campaign that it replays.
ALTER TABLE proofs ADD COLUMN last INTEGER;
ALTER TABLE proofs ADD COLUMN sample INTEGER;
ALTER TABLE proofs ADD COLUMN cut_off INTEGER;

-- The state of a key; the newest row counts, the others are its history. plan: hash of all that is
-- known before the first answer. rest: hash of the key without the linear engine's version.
CREATE TABLE states (
    id    INTEGER PRIMARY KEY,
    mac   BLOB NOT NULL,
    task  TEXT NOT NULL,
    key   TEXT NOT NULL,
    plan  TEXT NOT NULL,
    rest  TEXT NOT NULL,
    model TEXT NOT NULL,
    time  INTEGER NOT NULL,
    state TEXT NOT NULL,
    proof INTEGER,                          -- the proof in force; NULL = none
    why   TEXT NOT NULL
) STRICT;
CREATE INDEX states_key ON states (task, key);

-- windows.start and .cut_off are ids: the window's decisions are those after start, and the campaign's
-- those up to cut_off (0 = not yet fixed). n: reviews of its sample so far.
CREATE INDEX windows_key ON windows (task, key);
CREATE INDEX drift_key ON drift (task, key);

-- Covers what a proof reads of each decision, so that no sealed text is touched for it.
CREATE INDEX results_proof ON results (task, key, id, item, route, s, u, pi, hard_flag, fold, created);
