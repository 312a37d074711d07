/* past_pool.c: what the pool of a proof that was made again looks like: the campaign's texts, and what the new key
 * says of them. See replay.h. */
#include "pipeline/replay.h"
#include "base/clock.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void wn_past_said(struct wn_campaign_past *p, const struct wn_unit_row *u, const struct wn_decision *d)
{
    const struct wn_question *q = &p->whole->questions[0];
    wn_tables_answer(&p->said, d->label == SIZE_MAX ? NULL : q->choices[d->label].id,
                     d->signals[0].off_enum, d->s, &p->arena);
    p->said_u = fmax(p->said_u, u->u);
}

/* The key's own decisions so far, where their items were not asked about again. Their random numbers tell. */
static enum wn_code add_own(struct wn_campaign_past *p, const struct wn_trial *t, struct wn_error *err)
{
    int64_t *ids = wn_xcalloc(t->nunits, sizeof(*ids));
    struct wn_tables *own = wn_xcalloc(1, sizeof(*own));
    size_t n = 0;
    enum wn_code rc;
    for (size_t i = 0; i < t->nunits; i++) {
        const struct wn_unit_row *u = &t->units[i];
        if (!u->first || u->hard_flag || isnan(u->s) || !(u->u > p->said_u))
            continue;
        ids[n++] = u->id;
        p->said.score[wn_tables_tenth(u->s)]++;
    }
    rc = wn_tables_count(p->wn->store, ids, n, NULL, &p->arena, own, err);
    wn_tables_add_answers(&p->said, own, &p->arena);
    free(own);
    free(ids);
    return rc;
}

/* The campaign's texts. */
static enum wn_code count_pool(struct wn_campaign_past *p, struct wn_tables *out, struct wn_error *err)
{
    int64_t *ids = wn_xcalloc(p->nunits, sizeof(*ids));
    size_t n = 0;
    enum wn_code rc;
    for (size_t i = 0; i < p->nunits; i++)
        if (p->units[i].own && wn_past_in_pool(p, &p->units[i]))
            ids[n++] = p->units[i].id;
    rc = wn_tables_count(p->wn->store, ids, n, NULL, &p->arena, out, err);
    free(ids);
    return rc;
}

enum wn_code wn_past_keep_pool(struct wn_campaign_past *p, const struct wn_trial *t, int64_t proof,
                               struct wn_error *err)
{
    struct wn_tables *pool = wn_xcalloc(1, sizeof(*pool));
    enum wn_code rc = add_own(p, t, err);
    if (rc == WN_OK)
        rc = count_pool(p, pool, err);
    if (rc == WN_OK) {
        pool->label = p->said.label;
        memcpy(pool->off_enum, p->said.off_enum, sizeof(pool->off_enum));
        memcpy(pool->score, p->said.score, sizeof(pool->score));
        rc = wn_tables_put(p->wn->store, proof, pool, wn_clock_now(), err);
    }
    free(pool);
    return rc;
}
