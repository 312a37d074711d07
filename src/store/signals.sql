-- signals.sql: format 5 of winnow.db: what a decision's score was made of, in clear.

-- Scores, counts and bounds are clear, and so are the raw numbers behind them: they stay when a text has
-- become too old, so that weights can still be learned from them. One array, an object per question:
-- {"q": its name, "source": where the answer's own number came from, "lp", "vc", "lin", "xp", "chk": as in
-- confidence.md section 3, "sc_same", "sc_n", "xm_same", "xm_n", "ev"}; what is not available is left out.
-- In rows of formats 3 and 4 they stand in the body, whose fourth text is NULL from now on.
ALTER TABLE results ADD COLUMN signals TEXT;

-- Was made for the same, a row for each number, and never used.
DROP TABLE signals;
DELETE FROM tally WHERE name = 'signals';
