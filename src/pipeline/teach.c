/* teach.c: see teach.h. */
#include "pipeline/teach.h"
#include "base/fnv.h"
#include "decide/sample.h"
#include "input/reader.h"
#include "pipeline/engine.h"
#include "pipeline/lessons.h"
#include "pipeline/local.h"
#include "pipeline/survey.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* So many items are looked at: more would not make the best ones better. Near copies of one that was
 * taken (signatures that differ in so few of 64 bits) teach nothing new. */
enum { MOST_ITEMS = 50000, ONE_IN = 10, NEAR_BITS = 6, TELL_EVERY = 100 };

struct candidate {
    struct wn_item item;
    double doubt; /* 1 = two labels are equally likely */
    double draw;  /* the random ones are those below 1 / ONE_IN, lowest first */
    uint64_t signature;
    bool measure;
};

struct pool {
    struct candidate *list;
    size_t n;
};

/* ---- which items ---- */

/* Simhash over words (Charikar 2002): like texts have signatures that differ in few bits. */
static uint64_t signature(const char *text)
{
    int votes[64] = { 0 };
    uint64_t out = 0;
    while (*text != '\0') {
        size_t len = strcspn(text, " \t\n.,;:!?\"'()");
        uint64_t h = WN_FNV_START;
        for (size_t i = 0; i < len; i++)
            h = (h ^ (unsigned char)(text[i] | 32)) * WN_FNV_PRIME;
        h ^= h >> 32;
        for (int b = 0; len > 0 && b < 64; b++)
            votes[b] += h >> b & 1 ? 1 : -1;
        text += len + (text[len] != '\0');
    }
    for (int b = 0; b < 64; b++)
        out |= (uint64_t)(votes[b] > 0) << b;
    return out;
}

static double doubt(const struct wn_value *v, size_t n)
{
    double best = 0, second = 0;
    if (!v->answered || v->p == NULL)
        return 1;
    for (size_t i = 0; i < n; i++) {
        if (v->p[i] > best) {
            second = best;
            best = v->p[i];
        } else if (v->p[i] > second) {
            second = v->p[i];
        }
    }
    return 1 - (best - second);
}

static int by_draw(const void *a, const void *b)
{
    double x = ((const struct candidate *)a)->draw, y = ((const struct candidate *)b)->draw;
    return x < y ? -1 : x > y ? 1 : 0;
}

static int by_doubt(const void *a, const void *b)
{
    double x = ((const struct candidate *)a)->doubt, y = ((const struct candidate *)b)->doubt;
    return x < y ? 1 : x > y ? -1 : 0;
}

static void consider(struct wn *wn, const struct wn_task *t, const struct wn_linear *m,
                     struct candidate *c)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_answer *answer = wn_answer_new(t, &a);
    struct wn_linear_fit fit;
    if (m != NULL)
        wn_linear_answer(m, t, &c->item, &a, answer, &fit);
    c->doubt = doubt(&answer->values[0], t->questions[0].nchoices);
    c->signature = signature(c->item.text);
    c->draw = wn_prn(wn_store_salt(wn->store), "teach", t->name, c->item.id);
    c->measure = c->draw < 1.0 / ONE_IN;
    wn_arena_free(&a);
}

static enum wn_code read_pool(struct wn *wn, const struct wn_task *t,
                              const struct wn_train_options *o, const struct wn_linear *m,
                              struct wn_arena *a, struct pool *pool, struct wn_error *err)
{
    struct wn_reader_options ro = {
        .maps = o->maps, .nmaps = o->nmaps, .columns = t->columns, .ncolumns = t->ncolumns
    };
    struct wn_reader *reader = NULL;
    enum wn_code rc = wn_reader_open(o->files, o->nfiles, &ro, &reader, err);
    pool->list = wn_xcalloc(MOST_ITEMS, sizeof(*pool->list));
    while (rc == WN_OK && pool->n < MOST_ITEMS) {
        struct candidate *c = &pool->list[pool->n];
        rc = wn_reader_next(reader, a, &c->item, err);
        if (rc != WN_OK || c->item.id == NULL)
            break;
        if (c->item.trouble != NULL)
            continue;
        consider(wn, t, m, c);
        pool->n++;
        if (o->progress != NULL && pool->n % TELL_EVERY == 0)
            o->progress(o->user, "looking through the items", pool->n, 0);
    }
    if (rc == WN_OK && pool->n == MOST_ITEMS)
        wn_log(&wn->log, WN_WARN, "notice",
               "the first %d items were looked at: name files with others for the rest",
               MOST_ITEMS);
    wn_reader_close(reader);
    return rc;
}

static bool near_a_taken_one(const struct pool *pool, size_t taken, uint64_t sig)
{
    for (size_t i = 0; i < taken; i++)
        if (!pool->list[i].measure &&
            __builtin_popcountll(pool->list[i].signature ^ sig) <= NEAR_BITS)
            return true;
    return false;
}

/* Put those that are asked about first, in their order: the most doubtful that are unlike each other,
 * with a random one after every nine. Returns their number. */
static size_t arrange(struct pool *pool)
{
    struct candidate *out = wn_xcalloc(pool->n, sizeof(*out));
    struct candidate *drawn = wn_xcalloc(pool->n, sizeof(*drawn));
    struct pool taken = { out, 0 };
    size_t ndrawn = 0, next = 0;
    for (size_t i = 0; i < pool->n; i++)
        if (pool->list[i].measure)
            drawn[ndrawn++] = pool->list[i];
    qsort(drawn, ndrawn, sizeof(*drawn), by_draw);
    qsort(pool->list, pool->n, sizeof(*pool->list), by_doubt);
    for (size_t i = 0; i < pool->n; i++) {
        const struct candidate *c = &pool->list[i];
        if (c->measure || near_a_taken_one(&taken, taken.n, c->signature))
            continue;
        out[taken.n++] = *c;
        if (taken.n % ONE_IN == ONE_IN - 1 && next < ndrawn)
            out[taken.n++] = drawn[next++];
    }
    free(drawn);
    free(pool->list);
    *pool = taken;
    return taken.n;
}

/* ---- asking ---- */

struct class_room {
    const struct wn_task *t;
    struct wn_teaching *teaching;
    struct wn_example *lessons; /* in teaching->arena */
    size_t nlessons;
    const struct wn_train_options *o;
    const struct pool *pool;
    size_t n; /* of the pool that are asked about */
};

static void note_answer(void *user, size_t i, struct wn_job *j)
{
    struct class_room *room = user;
    const struct candidate *c = &room->pool->list[i];
    struct wn_answer *copy;
    struct wn_example *e;
    bool usable = j->failure == NULL && j->answer != NULL && j->answer->values[0].answered &&
                  !j->flags.invalid_output;
    if (!usable)
        return;
    e = c->measure ? &room->teaching->measured[room->teaching->nmeasured++]
                   : &room->lessons[room->nlessons++];
    copy = wn_answer_new(room->t, &room->teaching->arena);
    for (size_t q = 0; q < room->t->nquestions; q++) {
        const struct wn_value *v = &j->answer->values[q];
        const struct wn_question *question = &room->t->questions[q];
        if (!v->answered || question->type == WN_TEXT)
            continue;
        copy->values[q] = (struct wn_value){ .answered = true, .choice = v->choice };
        if (v->chosen != NULL) {
            bool *chosen =
                wn_arena_array(&room->teaching->arena, question->nchoices, sizeof(*chosen));
            memcpy(chosen, v->chosen, question->nchoices * sizeof(*chosen));
            copy->values[q].chosen = chosen;
        }
    }
    *e = (struct wn_example){ .text = c->item.text,
                              .fields = c->item.fields,
                              .nfields = c->item.nfields,
                              .answer = copy,
                              .file = "taught" };
}

static enum wn_code item(void *user, size_t i, struct wn_arena *a, struct wn_item *out,
                         struct wn_error *err)
{
    const struct class_room *room = user;
    (void)a;
    (void)err;
    *out = room->pool->list[i].item;
    return WN_OK;
}

static void progress(void *user, size_t done)
{
    const struct class_room *room = user;
    if (room->o->progress != NULL)
        room->o->progress(room->o->user, "asking the teacher", done, room->n);
}

/* Ask about the room's items, or only reckon what that would cost. */
static enum wn_code ask(struct wn *wn, struct class_room *room, bool dry_run,
                        struct wn_tally *tally, struct wn_error *err)
{
    struct wn_targets targets;
    struct wn_engine_options eo = {
        .targets = &targets,
        .how = room->t->how,
        .in_flight = (int)wn_config_int(wn->config, "WINNOW_IN_FLIGHT"),
        .max_cost_microusd = (int64_t)llround(room->o->budget_usd * 1e6),
        .dry_run = dry_run,
    };
    const struct wn_survey survey = { room->n, item, note_answer, dry_run ? NULL : progress, room };
    struct wn_engine *e = NULL;
    enum wn_code rc =
        wn_targets_resolve(wn, room->o->teach, room->t->how, &room->teaching->arena, &targets, err);
    if (rc == WN_OK)
        rc = wn_engine_open(wn, room->t, &eo, tally, &e, err);
    if (rc == WN_OK)
        rc = wn_survey(wn, e, &survey, err);
    wn_engine_close(e);
    return rc == WN_E_BUDGET ? WN_OK : rc; /* so much as it buys */
}

static enum wn_code teach(struct wn *wn, const struct wn_task *t, const struct wn_train_options *o,
                          const struct pool *pool, size_t n, struct wn_teaching *out,
                          struct wn_train_report *report, struct wn_error *err)
{
    struct class_room room = { t, out, NULL, 0, o, pool, n };
    struct wn_tally price = { 0 }, tally = { 0 };
    enum wn_code rc;
    room.lessons = wn_arena_array(&out->arena, n, sizeof(*room.lessons));
    out->measured = wn_arena_array(&out->arena, n, sizeof(*out->measured));
    rc = ask(wn, &room, true, &price, err);
    if (rc == WN_OK && !o->dry_run) {
        wn_log(
            &wn->log, WN_WARN, "notice",
            "teaching: %zu items teach most, about $%.4f for all of them; at most $%.4f is spent",
            n, (double)price.est_cost_microusd / 1e6, o->budget_usd);
        rc = ask(wn, &room, false, &tally, err);
    }
    /* What was answered is kept even where the teacher broke off. */
    if (room.nlessons > 0 &&
        wn_lessons_add(wn, t, WN_LESSON_TAUGHT, room.lessons, room.nlessons,
                       rc == WN_OK ? err : NULL) != WN_OK &&
        rc == WN_OK)
        rc = WN_E_STORE;
    report->pool = n;
    report->taught_now = room.nlessons;
    report->measured = out->nmeasured;
    report->cost_microusd = tally.cost_microusd;
    report->est_cost_microusd = price.est_cost_microusd;
    return rc;
}

enum wn_code wn_teach(struct wn *wn, const struct wn_task *t, const struct wn_train_options *o,
                      struct wn_teaching *out, struct wn_train_report *report, struct wn_error *err)
{
    struct pool pool = { NULL, 0 };
    struct wn_linear *m = NULL;
    enum wn_code rc;
    if (o->budget_usd <= 0 && !o->dry_run) {
        rc = wn_error_set(err, WN_E_USAGE, "teaching costs money, and no budget is set");
        wn_error_hint(err, "Add --budget USD; --dry-run tells the price first.");
        return rc;
    }
    if (o->nfiles == 0) {
        rc = wn_error_set(err, WN_E_USAGE, "which items may the teacher label?");
        wn_error_hint(err, "Name files of unlabelled items after the task.");
        return rc;
    }
    rc = wn_local_model(wn, t, o->dry_run, &m, err); /* what it says is measured against */
    if (rc == WN_OK)
        rc = read_pool(wn, t, o, m, &out->arena, &pool, err);
    if (rc == WN_OK)
        rc = teach(wn, t, o, &pool, arrange(&pool), out, report, err);
    if (rc == WN_OK)
        report->measured_before = wn_teach_agreement(out, t, m);
    free(pool.list);
    wn_linear_free(m);
    return rc;
}

double wn_teach_agreement(const struct wn_teaching *teaching, const struct wn_task *t,
                          const struct wn_linear *m)
{
    struct wn_arena a = WN_ARENA_INIT;
    size_t same = 0;
    for (size_t i = 0; m != NULL && i < teaching->nmeasured; i++) {
        const struct wn_example *e = &teaching->measured[i];
        struct wn_item item = { .id = "",
                                .text = e->text,
                                .text_len = strlen(e->text),
                                .fields = e->fields,
                                .nfields = e->nfields };
        struct wn_answer *answer = wn_answer_new(t, &a);
        struct wn_linear_fit fit;
        wn_linear_answer(m, t, &item, &a, answer, &fit);
        same +=
            answer->values[0].answered && answer->values[0].choice == e->answer->values[0].choice;
        wn_arena_reset(&a);
    }
    wn_arena_free(&a);
    return teaching->nmeasured == 0 || m == NULL ? NAN : (double)same / (double)teaching->nmeasured;
}
