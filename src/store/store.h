/* store.h: the sealed store: items, cached replies, decisions, reviews, models, audit chain.
 *
 * One SQLite file in which every text is sealed: without the key it says when and how much, never who
 * or what. No SQLite type is in this header, so that another database can come behind it. The caller
 * makes JSON of items and results; the store seals it and does not read it. Use one store from one
 * thread at a time; two processes may have the same store open. */
#ifndef WN_STORE_STORE_H
#define WN_STORE_STORE_H
#include "base/arena.h"
#include "base/log.h"

/* ---- key.c: where the root key comes from ---- */

struct wn_key; /* 32 bytes in guarded memory */
struct wn_key_source {
    const char *key_base64;  /* $WINNOW_KEY, or NULL */
    const char *key_file;    /* $WINNOW_KEY_FILE, or NULL */
    const char *credentials; /* $CREDENTIALS_DIRECTORY, or NULL */
    const char *config_dir;  /* $XDG_CONFIG_HOME/winnow: "key" is made there on first use */
};
/* Find the key, or make it (create: only while there is no store yet, or a lost key would be followed
 * by one that opens nothing). *made: a new file was written; *where (in the arena): its path or
 * "WINNOW_KEY". A file that group or others can read is refused. */
enum wn_code wn_key_find(const struct wn_key_source *s, bool create, struct wn_arena *a,
                         struct wn_key **out, const char **where, bool *made, struct wn_error *err);
void wn_key_free(struct wn_key *k);
/* A random key, or NULL where there is no guarded memory to be had. */
struct wn_key *wn_key_new(void);
/* The key that a file holds. */
enum wn_code wn_key_read(const char *path, struct wn_key **out, struct wn_error *err);
/* Write it to a new file with mode 0600; one that is there already is left alone: an error. */
enum wn_code wn_key_write(const struct wn_key *k, const char *path, struct wn_error *err);
/* The first line of a passphrase file, into out[size]; the caller wipes it. credential: of systemd. */
enum wn_code wn_passphrase_read(const char *path, bool credential, char *out, size_t size,
                                size_t *len, struct wn_error *err);
void wn_wipe(void *p, size_t n);
/* The key's name in messages, 16 hex digits that tell nothing of it. */
enum { WN_KEY_ID = 17 };
void wn_key_id(const struct wn_key *k, char out[WN_KEY_ID]);

/* ---- store.c ---- */

struct wn_store;

/* Open or create `home`/winnow.db. A file of another program, a newer format and a wrong key are each
 * refused with the file untouched. */
enum wn_code wn_store_open(const char *home, const struct wn_key *key, const struct wn_log *log,
                           struct wn_store **out, struct wn_error *err);
/* Commits what is pending. */
void wn_store_close(struct wn_store *s);
/* Cache rows and results are gathered and committed in groups (50 ms or 512 rows), so that the store is
 * locked for a moment only; this commits now. A result may be written out only after its group was
 * committed. An error leaves the group as it was, and the next call tries again. */
enum wn_code wn_store_flush(struct wn_store *s, struct wn_error *err);
/* Commit if the group is old enough; call it when idle. now_ms: wn_clock_ms(). *committed may be NULL. */
enum wn_code wn_store_tick(struct wn_store *s, int64_t now_ms, bool *committed,
                           struct wn_error *err);
/* Groups are numbered from 1 on: the one that the row put last is in, and the last one that was committed. */
int64_t wn_store_group(const struct wn_store *s);
int64_t wn_store_written(const struct wn_store *s);
/* From now on a thread commits what is due, and only a flush waits for it; and no more. */
void wn_store_background(struct wn_store *s);
void wn_store_foreground(struct wn_store *s);
/* Secret random text, made once per store (confidence.md section 5). */
const char *wn_store_salt(const struct wn_store *s);
/* Keyed hash of a text (item id, address) under the lookup key: equal things can be found, not read. */
enum { WN_HASH = 32 };
void wn_store_hash(const struct wn_store *s, const char *domain, const char *text, size_t len,
                   unsigned char out[WN_HASH]);

/* ---- ring.c: new keys ---- */

/* Make a new data key and seal everything under it, then destroy the old one: one small step per call,
 * each committed, until *done. After a crash the same calls go on where it stopped. */
enum wn_code wn_key_rotate(struct wn_store *s, int64_t now, bool *done, struct wn_error *err);
/* Wrap the store's keys under another root key: milliseconds, nothing else changes. Keep the new key
 * safe before the call, and the old one until it has returned. */
enum wn_code wn_key_rotate_root(struct wn_store *s, const struct wn_key *old,
                                const struct wn_key *new_key, int64_t now, struct wn_error *err);

/* ---- passphrase.c: a passphrase in place of a key file ---- */

/* Does this home's store want one? (No store yet: no.) `home`, here and below, may also be a backup's
 * file. */
enum wn_code wn_store_has_passphrase(const char *home, bool *has, struct wn_error *err);
/* The root key made of it; takes about a second and 256 MB. A wrong passphrase shows when the store is
 * opened. */
enum wn_code wn_key_passphrase(const char *home, const char *text, size_t len, struct wn_key **out,
                               struct wn_error *err);
/* Wrap the store's keys under a passphrase from now on; the old key opens it no more. (Back to a key:
 * wn_key_rotate_root.) */
enum wn_code wn_key_set_passphrase(struct wn_store *s, const struct wn_key *old, const char *text,
                                   size_t len, int64_t now, struct wn_error *err);

/* ---- cache.c: replies that passed validation ---- */

struct wn_part {
    const char *bytes;
    size_t len;
};
/* Keyed BLAKE2b over the parts, each with its length before it. Everything that makes the request is a
 * part, the item's exact bytes among them. */
void wn_cache_key(const struct wn_store *s, const struct wn_part *parts, size_t n,
                  unsigned char out[WN_HASH]);
struct wn_cache_entry {
    const char *value; /* NULL = not there, expired or set aside as damaged (which is logged) */
    size_t len;
    int64_t created, cost_microusd;
};
enum wn_code wn_cache_get(struct wn_store *s, const unsigned char key[WN_HASH], int64_t now,
                          struct wn_arena *a, struct wn_cache_entry *out, struct wn_error *err);
struct wn_cache_facts {
    const char *task, *version, *model;
    int64_t tokens_in, tokens_out, cost_microusd;
    int64_t now, expires; /* Unix seconds; expires 0 = never */
    /* Kept as keyed hashes, so that erasing an item or a sender finds its replies; NULL = unknown. */
    const char *item_id, *sender;
    const char *content; /* the item's exact bytes: equal items share a reply */
    size_t content_len;
    /* The parts that made the key, for wn_cache_explain (short hashes of them are kept); or NULL. */
    const struct wn_part *parts;
    size_t nparts;
};
/* Keep a reply, in place of an older one of the same key. Part of the current group. */
enum wn_code wn_cache_put(struct wn_store *s, const unsigned char key[WN_HASH], const char *value,
                          size_t len, const struct wn_cache_facts *f, struct wn_error *err);

/* ---- sweep.c: looking after the cache ---- */

struct wn_cache_stats {
    int64_t replies, bytes, expired;      /* now; bytes as sealed */
    int64_t oldest;                       /* when the oldest was made; 0 = there is none */
    int64_t hits, misses, saved_microusd; /* since the store was made, up to the last commit */
};
enum wn_code wn_cache_stats(struct wn_store *s, int64_t now, struct wn_cache_stats *out,
                            struct wn_error *err);
/* Delete all replies, or (task not NULL) those of one task. *n: how many. */
enum wn_code wn_cache_clear(struct wn_store *s, const char *task, int64_t *n, struct wn_error *err);
/* Delete what has expired, then what was used longest ago until at most max_bytes (0 = no limit) are
 * left; in small transactions. *n: how many. */
enum wn_code wn_cache_sweep(struct wn_store *s, int64_t now, int64_t max_bytes, int64_t *n,
                            struct wn_error *err);
/* How the parts of a request differ from those of the item's reply that is most like it (of equal ones
 * the newest): differs[i] for part i of n. *found false: there is no reply for the item, or it was kept
 * without parts or with another number. */
enum wn_code wn_cache_explain(struct wn_store *s, const char *item_id, const struct wn_part *parts,
                              size_t n, bool *differs, bool *found, struct wn_error *err);

/* ---- results.c: decisions ---- */

struct wn_row {
    int64_t id;
    /* clear */
    const char *task, *version, *model, *key; /* key: hex of what a proof belongs to */
    enum wn_route route;
    const char *state;
    double s, p, u, pi; /* score, displayed probability, random number, audit rate; NAN = none */
    double fold;        /* random number: below the fit fraction it is learned from */
    bool hard_flag;
    const char *signals_json; /* raw signals of every question with their sources: signals.sql */
    int64_t created, cost_microusd, latency_ms;
    /* kept as keyed hashes and not read back; NULL = none */
    const char *stratum; /* the guard label that the decision falls under */
    const char *sender;  /* the address in its canonical form */
    const char *content; /* the item's exact bytes, as in wn_cache_facts */
    size_t content_len;
    bool positional; /* item_id is only a place in a file: another content there is another item */
    const char *same_as; /* what was decided, without times, cache and cost: label, route, reasons,
                           * answers, key. Equal text = the same decision. NULL: result_json */
    /* sealed */
    const char *item_id;
    const char *item_json;    /* text, fields, source, time */
    const char *result_json;  /* the result line */
    /* filled when read: the person's last word, or NULL and 0 */
    const char *verdict, *correction_json, *reviewer, *note;
    int64_t reviewed;
};
/* Keep a decision. The newest decision of (task, item) is the current one; the same decision again
 * (same key, route and same_as) keeps the old row with its review, another one stands in a row of its
 * own and the old one keeps its review and is no longer current. One audit event tells of the group's new rows.
 * Part of the current group; but with id not NULL the group is committed now and *id is the row's. */
enum wn_code wn_results_put(struct wn_store *s, const struct wn_row *row, int64_t *id,
                            struct wn_error *err);
/* The row with this id, into the arena; WN_OK and out->id == 0 when there is none. */
enum wn_code wn_results_get(struct wn_store *s, int64_t id, struct wn_arena *a, struct wn_row *out,
                            struct wn_error *err);
/* The newest current decision about this item, of one task or (task NULL) of any; id 0: there is none. */
enum wn_code wn_results_find(struct wn_store *s, const char *task, const char *item_id,
                             struct wn_arena *a, struct wn_row *out, struct wn_error *err);
/* All decisions about an item, or (item_id NULL) of a sender, current or not, by id as below. */
enum wn_code wn_results_about(struct wn_store *s, const char *item_id, const char *sender,
                              int64_t last_id, struct wn_arena *a, struct wn_row *out,
                              struct wn_error *err);
/* Current decisions, oldest first: pass the last id (0 at the start), get the next row or id 0. */
enum wn_code wn_results_after(struct wn_store *s, const char *task, int64_t last_id,
                              struct wn_arena *a, struct wn_row *out, struct wn_error *err);

/* ---- review.c ---- */

/* Current decisions with route review and without a verdict, of one task or (NULL) of all: task by task, the
 * oldest first. *out is the caller's, to free(); names of tasks in the arena. */
struct wn_waiting_row {
    int64_t id;
    const char *task;
    double p; /* as it was displayed, else the score; NAN = none */
};
enum wn_code wn_review_waiting(struct wn_store *s, const char *task, struct wn_arena *a,
                               struct wn_waiting_row **out, size_t *n, struct wn_error *err);
struct wn_review {
    int64_t decision, time;
    const char *verdict;         /* "accept", "correct", "unsure" */
    const char *correction_json; /* sealed; NULL = none */
    const char *note;            /* sealed; NULL = none */
    const char *reviewer;        /* sealed, and kept as a keyed hash */
    const char *asked;           /* "queue", "certification_sample", ...; NULL = "queue" */
    bool blind;
    bool wrong; /* a gated answer was changed and the old one not accepted as well; or unsure */
};
/* Committed at once, with full durability, and an audit event. *review_id for undo. */
enum wn_code wn_review_add(struct wn_store *s, const struct wn_review *r, int64_t *review_id,
                           struct wn_error *err);
/* Take a review back: it is marked as undone, the decision waits again, the audit keeps both. */
enum wn_code wn_review_undo(struct wn_store *s, int64_t review_id, int64_t now,
                            struct wn_error *err);

/* ---- forget.c ---- */

struct wn_forgotten {
    int64_t decisions, replies, reviews;
};
/* Erase an item, or (item_id NULL) all of a sender's, with everything derived from it: afterwards no
 * file of the store has it, not even sealed. A local model that learned from it must be trained anew.
 * Nothing found is no error: the audit keeps that it was asked for. */
enum wn_code wn_store_forget(struct wn_store *s, const char *item_id, const char *sender,
                             int64_t now, struct wn_forgotten *out, struct wn_error *err);

/* ---- expire.c: how long texts are kept ---- */

struct wn_keep {
    const char *task; /* NULL: every task that has no rule of its own */
    int64_t before;   /* what was decided or kept before this time goes; 0 = nothing does */
};
/* What is older than this has to go, of this task; 0: nothing has. */
int64_t wn_keep_before(const struct wn_keep *keep, size_t n, const char *task);
/* How far a sweep has come; {0} at its start. */
enum { WN_EXPIRY_PARTS = 4 };
struct wn_expiry {
    int part;
    int64_t position, gone; /* gone: rows that lost their text */
};
/* One small step of a sweep: item texts, answers, corrections, notes and replies that are too old are
 * erased for good; clear columns, which proofs count, stay. Call it when idle, until *done. */
enum wn_code wn_store_expire(struct wn_store *s, const struct wn_keep *keep, size_t nkeep,
                             int64_t now, struct wn_expiry *at, bool *done, struct wn_error *err);

/* ---- backup.c ---- */

/* Write `folder`/winnow-20261122T120000Z.db: one file, everything sealed, the key not in it; opened and
 * decrypted whole before it counts. Then backups there that are older than keep_s (0 = for ever) are
 * deleted. *path in the arena. */
enum wn_code wn_store_backup(struct wn_store *s, const char *folder, int64_t keep_s, int64_t now,
                             struct wn_arena *a, const char **path, struct wn_error *err);
/* Put a backup in the place of `home`/winnow.db, which no process may have open. It is opened and
 * decrypted whole before anything is replaced. *old: where the replaced store lies now, or NULL. */
enum wn_code wn_store_restore(const char *home, const struct wn_key *key, const char *file,
                              int64_t now, struct wn_arena *a, const char **old,
                              struct wn_error *err);

/* Decisions that two people looked at, oldest first: pass the last id (0 at the start). The row with the
 * first verdict, and the second person's in *verdict and *correction. WN_OK and out->id == 0 at the end. */
enum wn_code wn_review_twice_after(struct wn_store *s, const char *task, int64_t last_id,
                                   struct wn_arena *a, struct wn_row *out, const char **verdict,
                                   const char **correction, struct wn_error *err);

/* One review; *verdict NULL: there is none with this id. */
enum wn_code wn_review_read(struct wn_store *s, int64_t review, struct wn_arena *a,
                            const char **verdict, const char **correction, struct wn_error *err);
/* Reviews of which one person gave several about the same unit: about a decision, an earlier one of its item, or
 * a copy's. Group by group, oldest first. *out is the caller's, to free(), on failure too. */
struct wn_repeat {
    int64_t review, decision;
    size_t group; /* the index of its first */
};
enum wn_code wn_review_repeats(struct wn_store *s, const char *task, struct wn_repeat **out, size_t *n,
                               struct wn_error *err);

/* ---- trust.c: what proofs and audits rest on (confidence.md sections 6 to 9 and 14), all clear ---- */

/* One decision of a key. */
struct wn_unit_row {
    int64_t id, created;
    enum wn_route route;
    double s, u, pi, fold;
    bool hard_flag;
    bool first;     /* the item's first under this key: what counts for campaigns */
    int64_t review; /* the id of the review that counts, which gives their order; 0 = none */
    bool wrong;     /* as it says */
    bool own;       /* of the stratum that was asked for */
    bool mine;      /* the asking reviewer gave it */
    bool twice;     /* a second person has looked, too */
};
/* What states, windows and drift of a task are kept under: the task, or for a guard label TASK#HASH, with
 * 16 hex digits of the label's keyed hash. In the arena. */
const char *wn_trust_subject(const struct wn_store *s, const char *task, const char *stratum,
                             struct wn_arena *a);
/* All decisions of the key with an answer that are of this stratum (a guard label; NULL: all but the guard
 * labels), by id; *out is the caller's, to free(). reviewer: who asks,
 * or NULL. One pass, without opening anything. */
enum wn_code wn_trust_units(struct wn_store *s, const char *task, const char *key,
                            const char *stratum, const char *reviewer, struct wn_unit_row **out, size_t *n,
                            struct wn_error *err);
/* The same with the decisions of all other strata: `own` tells them apart. */
enum wn_code wn_trust_units_all(struct wn_store *s, const char *task, const char *key,
                                const char *stratum, struct wn_unit_row **out, size_t *n,
                                struct wn_error *err);
/* Is one of the key among the task's decisions after `from` up to `to`? */
enum wn_code wn_trust_key_between(struct wn_store *s, const char *task, const char *key, int64_t from,
                                  int64_t to, bool *is, struct wn_error *err);
/* What is counted of a key's decisions of a stratum for how many are looked at. */
struct wn_activity {
    int64_t upto, first; /* the last one's id; when the first was made; 0 = none */
    int64_t recent;      /* accepted since a time */
    int64_t since;       /* accepted after an id */
};
/* Count on with those after out->upto. */
enum wn_code wn_trust_activity(struct wn_store *s, const char *task, const char *key,
                               const char *stratum, int64_t time, int64_t id,
                               struct wn_activity *out, struct wn_error *err);
/* A text that stays the same as long as no review is added, undone or erased, no row is set aside and no decision
 * erased; more decisions do not matter. */
enum wn_code wn_trust_mark(struct wn_store *s, struct wn_arena *a, const char **mark, struct wn_error *err);
/* The key of the task's newest decision without a hard flag, or NULL. */
enum wn_code wn_trust_key_in_use(struct wn_store *s, const char *task, struct wn_arena *a,
                                 const char **key, struct wn_error *err);

struct wn_state_row {
    int64_t id, time, proof; /* proof: id of the one in force; 0 = none */
    const char *task, *key, *plan, *rest, *model, *state, *why;
};
struct wn_window_row {
    int64_t id, start, cut_off, look, n; /* schema: format 2 says what they mean */
};
struct wn_proof_row {
    int64_t id, window, time, g, n, k, last, sample, cut_off;
    double tau, upper, eps, delta;
    const char *why;
};
struct wn_drift_row {
    const char *kind;
    double value, bound;
};
/* The newest state of a task; with `key` or `plan` (or NULL) of that one. out->id == 0: none. */
enum wn_code wn_trust_state(struct wn_store *s, const char *task, const char *key,
                            const char *plan, struct wn_arena *a, struct wn_state_row *out,
                            struct wn_error *err);
/* All of them, oldest first: pass the last id (0 at the start). task may be NULL. */
enum wn_code wn_trust_state_after(struct wn_store *s, const char *task, int64_t last_id,
                                  struct wn_arena *a, struct wn_state_row *out,
                                  struct wn_error *err);
/* The key's newest window; out->id == 0: none. */
enum wn_code wn_trust_window(struct wn_store *s, const char *task, const char *key,
                             struct wn_window_row *out, struct wn_error *err);
/* By id, with the key that it is of. */
enum wn_code wn_trust_window_of(struct wn_store *s, int64_t id, struct wn_arena *a,
                                struct wn_window_row *out, const char **key, struct wn_error *err);
enum wn_code wn_trust_proof(struct wn_store *s, int64_t id, struct wn_arena *a,
                            struct wn_proof_row *out, struct wn_error *err);
/* The newest value of this kind, and its time (0 = none). */
enum wn_code wn_trust_drift(struct wn_store *s, const char *task, const char *key,
                            const char *kind, double *value, double *bound, int64_t *time,
                            struct wn_error *err);
/* The raw signals of a decision, as they were kept, without opening anything; NULL = it has none. */
enum wn_code wn_trust_signals(struct wn_store *s, int64_t id, struct wn_arena *a, const char **out,
                              struct wn_error *err);
/* How many keys have a value of this kind. */
enum wn_code wn_trust_tested(struct wn_store *s, const char *task, const char *kind, int64_t *n,
                             struct wn_error *err);

/* What changes together: one transaction, with an audit event where the state changes. NULL parts stay as
 * they are. `window` with id 0 is a new one, else its cut-off, look and n are set; `proof` is a new one, of
 * that window where one is given. Ids are filled in; the new state's proof is *proof where there is one. */
struct wn_trust_change {
    const char *task, *key;
    int64_t time;
    struct wn_window_row *window;
    struct wn_proof_row *proof;
    const struct wn_drift_row *drift;
    size_t ndrift;
    struct wn_state_row *state; /* task, key and time are taken from here above */
};
enum wn_code wn_trust_apply(struct wn_store *s, const struct wn_trust_change *c,
                            struct wn_error *err);
/* ---- period.c: the decisions of a period, whatever their key, and what was reported of it ---- */

/* One item's first decision in the period. */
struct wn_period_unit {
    int64_t id, cost_microusd;
    enum wn_route route;
    double u, pi;
    int64_t review, reviewed; /* the review that counts, and its time; 0 = none */
    bool wrong;               /* as it says */
};
/* When the task's first decision not before `from` was made; 0 = there is none. */
enum wn_code wn_period_next(struct wn_store *s, const char *task, int64_t from, int64_t *created,
                            struct wn_error *err);
/* Those from `from` until before `to` that have an answer and are of the stratum, by id, with reviews up to
 * `until`. *out is the caller's, to free(). */
enum wn_code wn_period_units(struct wn_store *s, const char *task, const char *stratum,
                             int64_t from, int64_t to, int64_t until, struct wn_period_unit **out,
                             size_t *n, struct wn_error *err);
/* Accepted since `from` under other keys than this one, drawn to be looked at, and not looked at yet. */
enum wn_code wn_period_overdue(struct wn_store *s, const char *task, const char *key, int64_t from,
                               struct wn_period_unit **out, size_t *n, struct wn_error *err);

struct wn_report_row {
    int64_t id;
    const char *subject, *name; /* subject: wn_trust_subject() */
    int64_t started, ended, closed, total, automatic, n, k, pending;
    double rate, eps, delta, upper; /* upper NAN: no bound */
    const char *body;               /* sealed: as it is printed */
};
/* Once per subject and name, with an audit event. */
enum wn_code wn_report_put(struct wn_store *s, struct wn_report_row *r, struct wn_error *err);
/* By name, or (NULL) the one whose period ended last; id 0: there is none. */
enum wn_code wn_report_get(struct wn_store *s, const char *subject, const char *name,
                           struct wn_arena *a, struct wn_report_row *out, struct wn_error *err);
/* All names, joined by ", ". */
enum wn_code wn_report_names(struct wn_store *s, const char *subject, struct wn_arena *a,
                             const char **names, struct wn_error *err);

/* ---- ledger.c: what was spent, by day and model; numbers in clear ---- */

/* Add to a day (days since 1970-01-01, UTC) and model: part of the current group, so that a reply and
 * its price are kept together or not at all. Model "": held by runs under way. */
enum wn_code wn_ledger_add(struct wn_store *s, int64_t day, const char *model, int64_t microusd,
                           struct wn_error *err);
/* Hold `want`, or what is left of the day's limit but not less than `least`; committed at once, so that
 * two processes never promise the same money. *got 0: so much is not left. Give it back by adding to "". */
enum wn_code wn_ledger_hold(struct wn_store *s, int64_t day, int64_t limit, int64_t want,
                            int64_t least, int64_t *got, struct wn_error *err);
enum wn_code wn_ledger_day(struct wn_store *s, int64_t day, int64_t *spent, int64_t *held,
                           struct wn_error *err);

/* ---- sealed values by name: the linear model, capabilities learned ---- */

/* Committed at once, and with it what the current group gathered: both or neither. */
enum wn_code wn_store_value_put(struct wn_store *s, const char *kind, const char *name,
                                const char *bytes, size_t len, int64_t now, struct wn_error *err);
/* WN_OK with *bytes == NULL when there is none. In the arena. */
enum wn_code wn_store_value_get(struct wn_store *s, const char *kind, const char *name,
                                struct wn_arena *a, const char **bytes, size_t *len,
                                struct wn_error *err);

/* The names of a kind, in the arena. */
enum wn_code wn_store_value_names(struct wn_store *s, const char *kind, struct wn_arena *a,
                                  const char *const **names, size_t *n, struct wn_error *err);
enum wn_code wn_store_value_drop(struct wn_store *s, const char *kind, const char *name,
                                 int64_t now, struct wn_error *err);

/* ---- lock.c: one process at a time, where it takes longer than a transaction ---- */

struct wn_lock;
/* `name` says what at, in the plural: "batches". wait: until it is free, or a signal comes; else *out is NULL
 * while another has it. *out is the caller's, to wn_store_unlock(); a process that dies lets go of it, too. */
enum wn_code wn_store_lock(struct wn_store *s, const char *name, bool wait, struct wn_lock **out,
                           struct wn_error *err);
void wn_store_unlock(struct wn_lock *l);

/* ---- audit.c ---- */

/* Walk the chain, open every sealed value, check every row and that none is missing; each fault through
 * report ("results row 17, column item_json: the value does not open"). Changes nothing. *nchecked
 * counts rows, events and values. An error only if it could not be checked. */
enum wn_code wn_store_verify(struct wn_store *s, void (*report)(void *user, const char *fault),
                             void *user, int64_t *nchecked, int64_t *nfaults, struct wn_error *err);

#endif
