-- lean.sql: format 3 of winnow.db: less to seal, to hash and to write for each item.

-- The four texts of a decision sealed as one: item_id, item_json, result_json, signals_json, each as its
-- length (8; all bits set: NULL), its bytes and a zero byte. Rows of older formats keep their four values;
-- a row has the one or the four.
ALTER TABLE results ADD COLUMN body BLOB;

-- Decisions are told of by one event 'decided' for each group that was committed together: `row` is
-- the first one's, `item` is NULL, and "after" in its body has "ROW OLD ITEM" for each, parted by commas:
-- its row, the row that it takes the place of (0 = none), the item's hash in hex. What was decided stands
-- in the rows.

-- Hashes are found by their first 8 bytes: an entry of a quarter of the size dirties a quarter of the pages.
DROP INDEX results_current;
CREATE INDEX results_current ON results (substr(item, 1, 8)) WHERE current = 1;

CREATE TABLE cache3 (
    id            INTEGER PRIMARY KEY,
    mac           BLOB NOT NULL,
    key           BLOB NOT NULL,
    task          TEXT NOT NULL,
    version       TEXT NOT NULL,
    model         TEXT NOT NULL,
    tokens_in     INTEGER NOT NULL,
    tokens_out    INTEGER NOT NULL,
    cost_microusd INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    expires       INTEGER NOT NULL,
    used          INTEGER NOT NULL,
    item          BLOB,
    content       BLOB,
    sender        BLOB,
    parts         BLOB,
    value         BLOB NOT NULL
) STRICT;
INSERT INTO cache3 SELECT * FROM cache;
DROP TABLE cache;
ALTER TABLE cache3 RENAME TO cache;
CREATE INDEX cache_key ON cache (substr(key, 1, 8));
