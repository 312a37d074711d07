/* learned.c: see learned.h. */
#include "pipeline/learned.h"
#include "base/clock.h"
#include "base/json.h"
#include <math.h>
#include <string.h>

enum { MONTH = 30 * 86400, WEEK = 7 * 86400, ENOUGH = 20000 /* tokens that a ratio rests on */ };

void wn_learned_count(struct wn_learned *l, int64_t likely_in, int64_t real_in, int64_t likely_out,
                      int64_t real_out)
{
    if (likely_in > 0 && real_in > 0) {
        l->likely_in += likely_in;
        l->real_in += real_in;
    }
    if (likely_out > 0 && real_out > 0) {
        l->likely_out += likely_out;
        l->real_out += real_out;
    }
}

/* Early replies say little: until ENOUGH tokens were seen, what was known before has its share. */
static double ratio(int64_t likely, int64_t real, double before)
{
    double known = before > 0 ? before : 1;
    double share = fmin(1, (double)likely / ENOUGH);
    return likely <= 0 ? known : known + share * ((double)real / (double)likely - known);
}

double wn_learned_in(const struct wn_learned *l)
{
    return ratio(l->likely_in, l->real_in, l->in_ratio);
}

double wn_learned_out(const struct wn_learned *l)
{
    return ratio(l->likely_out, l->real_out, l->out_ratio);
}

enum wn_code wn_learned_read(struct wn_store *s, const char *lane, struct wn_arena *a,
                             struct wn_learned *out, const char **base_url, struct wn_error *err)
{
    const char *bytes = NULL, *text;
    size_t len = 0;
    cJSON *o = NULL;
    enum wn_code rc = wn_store_value_get(s, "lane", lane, a, &bytes, &len, err);
    *out = (struct wn_learned){ .dropped = "" };
    *base_url = "";
    if (rc != WN_OK || bytes == NULL || wn_json_parse(bytes, len, false, &o, NULL) != WN_OK)
        return rc;
    text = wn_json_str(o, "dropped");
    out->time = wn_json_int(o, "time", 0);
    out->requests_limit = wn_json_int(o, "requests", 0);
    out->tokens_limit = wn_json_int(o, "tokens", 0);
    out->window = wn_json_int(o, "window", 0);
    out->dropped = wn_arena_str(a, text == NULL ? "" : text);
    out->no_decide = wn_json_bool(o, "no_decide", false);
    out->in_ratio = wn_json_num(o, "in_ratio", 0);
    out->out_ratio = wn_json_num(o, "out_ratio", 0);
    text = wn_json_str(o, "base");
    *base_url = wn_arena_str(a, text == NULL ? "" : text);
    cJSON_Delete(o);
    return WN_OK;
}

enum wn_code wn_learned_load(struct wn_engine *e, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    for (size_t i = 0; rc == WN_OK && e->wn->store != NULL && i < e->o.targets->nall; i++) {
        struct wn_target *t = &e->o.targets->list[i];
        const char *base;
        if (t->row == NULL)
            continue;
        rc = wn_learned_read(e->wn->store, t->lane, &e->arena, &t->learned, &base, err);
        if (rc != WN_OK || strcmp(base, t->base_url) != 0 ||
            wn_clock_now() - t->learned.time > MONTH) {
            t->learned = (struct wn_learned){ .dropped = "" }; /* another server, or long ago */
            continue;
        }
        t->dropped = t->learned.dropped;
        t->endpoint_missing = t->learned.no_decide;
        t->no_decide = t->no_decide || t->learned.no_decide;
    }
    return rc;
}

static void write(const struct wn_learned *l, const char *base, struct wn_buf *b)
{
    wn_buf_printf(b, "{\"time\":%lld,\"requests\":%lld,\"tokens\":%lld,\"window\":%lld",
                  (long long)l->time, (long long)l->requests_limit, (long long)l->tokens_limit,
                  (long long)l->window);
    wn_buf_str(b, ",\"dropped\":");
    wn_json_quote(b, l->dropped);
    wn_buf_str(b, ",\"base\":");
    wn_json_quote(b, base);
    wn_buf_printf(b, ",\"no_decide\":%s,\"in_ratio\":", l->no_decide ? "true" : "false");
    wn_json_number(b, l->in_ratio, 6);
    wn_buf_str(b, ",\"out_ratio\":");
    wn_json_number(b, l->out_ratio, 6);
    wn_buf_char(b, '}');
}

static bool differ(double a, double b, double share)
{
    return fabs(a - b) > share * fmax(fabs(a), fabs(b));
}

static bool is_news(const struct wn_learned *old, const struct wn_learned *l)
{
    return old->time == 0 || l->time - old->time > WEEK ||
           strcmp(old->dropped == NULL ? "" : old->dropped, l->dropped) != 0 ||
           old->no_decide != l->no_decide || old->requests_limit != l->requests_limit ||
           old->tokens_limit != l->tokens_limit ||
           differ((double)old->window, (double)l->window, .5) ||
           differ(old->in_ratio, l->in_ratio, .03) || differ(old->out_ratio, l->out_ratio, .03);
}

void wn_learned_keep(struct wn_engine *e)
{
    struct wn_lane lane;
    if (e->wn->store == NULL || e->o.dry_run || e->pool == NULL)
        return;
    for (size_t n = 0; wn_pool_lane(e->pool, n, &lane); n++)
        for (size_t i = 0; i < e->o.targets->nall; i++) {
            struct wn_target *t = &e->o.targets->list[i];
            struct wn_learned l;
            struct wn_buf b = WN_BUF_INIT(1 << 16);
            if (t->row == NULL || strcmp(t->lane, lane.name) != 0 || !t->answered)
                continue;
            l = (struct wn_learned){
                .time = wn_clock_now(),
                .requests_limit = lane.requests_limit > 0 ? lane.requests_limit : 0,
                .tokens_limit = lane.tokens_limit > 0 ? lane.tokens_limit : 0,
                .window = (int64_t)lane.window,
                .dropped = t->dropped,
                .no_decide = t->endpoint_missing,
                .in_ratio = wn_learned_in(&t->learned),
                .out_ratio = wn_learned_out(&t->learned),
            };
            write(&l, t->base_url, &b);
            if (is_news(&t->learned, &l))
                wn_store_value_put(e->wn->store, "lane", t->lane, b.data, b.len, l.time, NULL);
            wn_buf_free(&b);
        }
}

enum wn_code wn_models_learned(struct wn *wn, const struct wn_model_learned **out, size_t *n,
                               struct wn_error *err)
{
    const char *const *names = NULL;
    struct wn_model_learned *list;
    enum wn_code rc;
    *n = 0;
    *out = NULL;
    if (!wn_context_has_store(wn))
        return WN_OK;
    rc = wn_context_store(wn, err);
    if (rc == WN_OK)
        rc = wn_store_value_names(wn->store, "lane", &wn->arena, &names, n, err);
    list = wn_arena_array(&wn->arena, *n, sizeof(*list));
    *out = list;
    for (size_t i = 0; rc == WN_OK && i < *n; i++) {
        struct wn_learned l;
        const char *base;
        rc = wn_learned_read(wn->store, names[i], &wn->arena, &l, &base, err);
        list[i] = (struct wn_model_learned){ .model = names[i],
                                             .requests_limit = l.requests_limit,
                                             .tokens_limit = l.tokens_limit,
                                             .in_flight = l.window,
                                             .dropped = l.dropped,
                                             .no_decide = l.no_decide,
                                             .tokens_ratio = l.in_ratio,
                                             .time = l.time };
    }
    return rc;
}
