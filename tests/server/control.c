/* control.c: the settings of a running server, and what it counted.
 *
 *     POST /control   settings, see the README; what is not named stays as it is
 *     GET  /stats     counts since the start or the last {"reset":true}
 *     GET  /requests  the requests that {"keep":N} has kept, oldest first
 *
 * One lock guards it all: the HTTP threads are one or two. */
#include "server.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rule {
    struct fault fault;
    char *retry_after, *provider, *path, *text;
    int64_t every, first, times; /* 0 = does not matter */
    bool tell;
    int64_t seen, hits;
};

struct path_count {
    const struct vendor *vendor;
    const struct endpoint *endpoint;
    int status;
    int64_t n;
};

/* A hash table with open addressing: how often a hash came. */
struct slot {
    uint64_t hash;
    int64_t n;
};
struct table {
    struct slot *slots;
    size_t used, cap;
};

struct fixed {
    const struct endpoint *endpoint;
    char *body;
    size_t len;
};

enum { RULES_MAX = 32, PATHS_MAX = 256, KEEP_MAX = 1000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The atomic ones are read without the lock. */
static struct {
    _Atomic int64_t latency_ms, jitter_ms, rps, keep, batch_page;
    _Atomic bool fixed, calm, prompt_cache;
    struct rule rules[RULES_MAX];
    _Atomic size_t nrules;
    double allowance; /* requests that may come now, under rps */
    int64_t filled_us;
} set = { .batch_page = 100 };

static struct {
    int64_t requests, connections, concurrent, max_concurrent, repeated, most;
    struct path_count paths[PATHS_MAX];
    size_t npaths;
    int64_t faults[FAULT_KINDS];
    struct table bodies, items, prompts;
    char *kept[KEEP_MAX];
    size_t nkept;
    struct fixed fixed[64];
    size_t nfixed;
} got;

/* ---- counting ---- */

static size_t slot_of(const struct table *t, uint64_t hash)
{
    size_t i = hash & (t->cap - 1);
    while (t->slots[i].n != 0 && t->slots[i].hash != hash)
        i = (i + 1) & (t->cap - 1);
    return i;
}

static void grow(struct table *t)
{
    size_t old_cap = t->cap;
    struct slot *old = t->slots;
    t->cap = old_cap == 0 ? 1024 : old_cap * 2;
    t->slots = wn_xcalloc(t->cap, sizeof(*t->slots));
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].n != 0)
            t->slots[slot_of(t, old[i].hash)] = old[i];
    free(old);
}

/* How often this hash came, this time included. */
static int64_t count(struct table *t, uint64_t hash)
{
    size_t i;
    if (t->used * 4 >= t->cap * 3)
        grow(t);
    i = slot_of(t, hash);
    t->slots[i].hash = hash;
    t->used += t->slots[i].n == 0;
    return ++t->slots[i].n;
}

void control_count_body(uint64_t hash)
{
    int64_t n;
    pthread_mutex_lock(&lock);
    n = count(&got.bodies, hash);
    got.repeated += n > 1;
    if (n > got.most)
        got.most = n;
    pthread_mutex_unlock(&lock);
}

int64_t control_count_item(uint64_t hash)
{
    int64_t n;
    pthread_mutex_lock(&lock);
    n = count(&got.items, hash);
    pthread_mutex_unlock(&lock);
    return n;
}

int control_batch_page(void)
{
    return (int)set.batch_page;
}

bool control_prompt_cache(void)
{
    return set.prompt_cache;
}

bool control_prompt_seen(uint64_t hash, int64_t ready_us)
{
    bool seen;
    size_t i;
    pthread_mutex_lock(&lock);
    if (got.prompts.used * 4 >= got.prompts.cap * 3)
        grow(&got.prompts);
    i = slot_of(&got.prompts, hash);
    seen = got.prompts.slots[i].n != 0 && got.prompts.slots[i].n <= timer_now_us();
    if (got.prompts.slots[i].n == 0) {
        got.prompts.slots[i] = (struct slot){ hash, ready_us };
        got.prompts.used++;
    }
    pthread_mutex_unlock(&lock);
    return seen;
}

void control_begin(void)
{
    pthread_mutex_lock(&lock);
    got.requests++;
    if (++got.concurrent > got.max_concurrent)
        got.max_concurrent = got.concurrent;
    pthread_mutex_unlock(&lock);
}

void control_end(void)
{
    pthread_mutex_lock(&lock);
    got.concurrent--;
    pthread_mutex_unlock(&lock);
}

void control_connection(void)
{
    pthread_mutex_lock(&lock);
    got.connections++;
    pthread_mutex_unlock(&lock);
}

static void keep_fixed(const struct call *c)
{
    struct fixed *f = &got.fixed[got.nfixed];
    for (size_t i = 0; i < got.nfixed; i++)
        if (got.fixed[i].endpoint == c->endpoint)
            return;
    if (got.nfixed == WN_COUNT(got.fixed))
        return;
    *f = (struct fixed){ c->endpoint, wn_xmalloc(c->reply.body.len), c->reply.body.len };
    memcpy(f->body, c->reply.body.data, f->len);
    got.nfixed++;
}

void control_count(const struct call *c)
{
    int status = c->reply.wire == FAULT_IS_OK ? c->reply.status : 0;
    size_t i;
    pthread_mutex_lock(&lock);
    for (i = 0; i < got.npaths; i++)
        if (got.paths[i].vendor == c->vendor && got.paths[i].endpoint == c->endpoint &&
            got.paths[i].status == status)
            break;
    if (i == got.npaths && got.npaths < PATHS_MAX)
        got.paths[got.npaths++] = (struct path_count){ c->vendor, c->endpoint, status, 0 };
    if (i < got.npaths)
        got.paths[i].n++;
    got.faults[c->fault.kind]++;
    if (set.fixed && status == 200 && c->fault.kind == FAULT_IS_OK)
        keep_fixed(c);
    pthread_mutex_unlock(&lock);
}

bool control_fixed(struct call *c)
{
    bool found = false;
    if (!set.fixed)
        return false;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < got.nfixed && !found && set.nrules == 0; i++) {
        found = got.fixed[i].endpoint == c->endpoint;
        if (found)
            wn_buf_add(&c->reply.body, got.fixed[i].body, got.fixed[i].len);
    }
    pthread_mutex_unlock(&lock);
    if (found)
        c->reply.status = 200;
    return found;
}

void control_keep(const struct call *c)
{
    struct wn_buf b = WN_BUF_INIT(BODY_MAX);
    if (set.keep == 0)
        return;
    wn_buf_str(&b, "{\"method\":");
    wn_json_quote(&b, c->method);
    wn_buf_str(&b, ",\"url\":");
    wn_json_quote(&b, c->url);
    wn_buf_str(&b, ",\"headers\":");
    call_headers(c, &b);
    wn_buf_str(&b, ",\"body\":");
    wn_json_quote_n(&b, c->body.data, c->body.len);
    wn_buf_char(&b, '}');
    pthread_mutex_lock(&lock);
    if (got.nkept > 0 && got.nkept >= (size_t)set.keep) {
        free(got.kept[0]);
        memmove(got.kept, got.kept + 1, --got.nkept * sizeof(got.kept[0]));
    }
    wn_buf_take(&b, &got.kept[got.nkept++], NULL);
    pthread_mutex_unlock(&lock);
}

static void reset(void)
{
    for (size_t i = 0; i < got.nkept; i++)
        free(got.kept[i]);
    for (size_t i = 0; i < got.nfixed; i++)
        free(got.fixed[i].body);
    free(got.bodies.slots);
    free(got.items.slots);
    free(got.prompts.slots);
    got.bodies = got.items = got.prompts = (struct table){ 0 };
    got.requests = got.connections = got.repeated = got.most = 0;
    got.max_concurrent = got.concurrent;
    got.npaths = got.nkept = got.nfixed = 0;
    memset(got.faults, 0, sizeof(got.faults));
    batch_forget();
}

/* ---- settings ---- */

static void clear_rules(void)
{
    for (size_t i = 0; i < set.nrules; i++) {
        free(set.rules[i].retry_after);
        free(set.rules[i].provider);
        free(set.rules[i].path);
        free(set.rules[i].text);
    }
    set.nrules = 0;
}

static char *copy_of(const cJSON *o, const char *name)
{
    const char *text = wn_json_str(o, name);
    return text == NULL ? NULL : wn_xstrdup(text);
}

static const char *add_rule(const cJSON *o)
{
    const char *kind = wn_json_str(o, "fault"), *hint = wn_json_str(o, "hint");
    struct rule *r = &set.rules[set.nrules];
    enum fault_kind k = kind == NULL ? FAULT_KINDS : fault_named(kind, strlen(kind));
    if (k == FAULT_KINDS)
        return "there is no such fault";
    if (k == FAULT_IS_OK)
        return NULL;
    if (set.nrules == RULES_MAX)
        return "too many rules";
    *r = (struct rule){ .fault = { .kind = k },
                        .retry_after = copy_of(o, "retry_after"),
                        .provider = copy_of(o, "provider"),
                        .path = copy_of(o, "path"),
                        .text = copy_of(o, "text"),
                        .every = wn_json_int(o, "every", 0),
                        .first = wn_json_int(o, "first", 0),
                        .times = wn_json_int(o, "times", 0),
                        .tell = wn_json_bool(o, "tell", false) };
    if (hint != NULL)
        r->fault.hint = hint_named(hint, strlen(hint));
    set.nrules++;
    return NULL;
}

static const char *set_rules(const cJSON *o)
{
    const cJSON *list = wn_json_get(o, "faults"), *rule;
    const char *trouble = NULL;
    if (list == NULL && wn_json_get(o, "fault") == NULL)
        return NULL;
    clear_rules();
    if (list == NULL)
        return add_rule(o);
    cJSON_ArrayForEach(rule, list)
    {
        if (trouble == NULL)
            trouble = add_rule(rule);
    }
    return trouble;
}

const char *control_apply(const cJSON *o)
{
    static const char known[] =
        " fault faults hint retry_after provider path text every first times tell "
        "latency_ms jitter_ms rps fixed calm prompt_cache batch_page keep reset ";
    const char *trouble;
    const cJSON *m;
    cJSON_ArrayForEach(m, o)
    {
        if (!name_among(known, m->string))
            return "there is no such setting";
    }
    pthread_mutex_lock(&lock);
    set.latency_ms = wn_json_int(o, "latency_ms", set.latency_ms);
    set.jitter_ms = wn_json_int(o, "jitter_ms", set.jitter_ms);
    set.rps = wn_json_int(o, "rps", set.rps);
    set.fixed = wn_json_bool(o, "fixed", set.fixed);
    set.calm = wn_json_bool(o, "calm", set.calm);
    set.prompt_cache = wn_json_bool(o, "prompt_cache", set.prompt_cache);
    set.batch_page = wn_json_int(o, "batch_page", set.batch_page);
    set.keep = wn_json_int(o, "keep", set.keep);
    if (set.keep > KEEP_MAX)
        set.keep = KEEP_MAX;
    if (wn_json_bool(o, "reset", false))
        reset();
    trouble = set_rules(o);
    pthread_mutex_unlock(&lock);
    return trouble;
}

/* ---- what the settings mean for one call ---- */

static bool rule_hits(struct rule *r, const struct call *c, const struct item *it)
{
    if (r->provider != NULL && strcmp(r->provider, c->vendor->name) != 0)
        return false;
    if (r->path != NULL && strstr(c->path, r->path) == NULL)
        return false;
    if (r->text != NULL && (it == NULL || strstr(it->text, r->text) == NULL))
        return false;
    r->seen++;
    if (r->every > 1 && r->seen % r->every != 0)
        return false;
    if (r->first > 0 && c->tries > r->first)
        return false;
    if (r->times > 0 && r->hits >= r->times)
        return false;
    r->hits++;
    if (r->tell) { /* a test that reads our output waits for this */
        printf("hit %s %s\n", fault_name(r->fault.kind), c->path);
        fflush(stdout);
    }
    return true;
}

bool control_calm(void)
{
    return set.calm;
}

bool control_fault(struct call *c, const struct item *it, struct fault *out)
{
    bool hit = false;
    if (set.nrules == 0)
        return false;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < set.nrules && !hit; i++) {
        struct rule *r = &set.rules[i];
        hit = rule_hits(r, c, it);
        if (!hit)
            continue;
        *out = r->fault;
        if (r->retry_after != NULL)
            out->retry_after = wn_arena_str(&c->arena, r->retry_after);
    }
    pthread_mutex_unlock(&lock);
    return hit;
}

/* A token bucket that holds a tenth of a second: a burst passes, a stream above the rate does not. */
int64_t control_over_rate(void)
{
    int64_t wait_ms = 0, now = timer_now_us();
    double most = set.rps < 10 ? 1 : (double)set.rps / 10;
    if (set.rps <= 0)
        return 0;
    pthread_mutex_lock(&lock);
    set.allowance += (double)(now - set.filled_us) / 1e6 * (double)set.rps;
    set.allowance = set.allowance > most ? most : set.allowance;
    set.filled_us = now;
    if (set.allowance >= 1)
        set.allowance -= 1;
    else
        wait_ms = (int64_t)((1 - set.allowance) * 1000 / (double)set.rps) + 1;
    pthread_mutex_unlock(&lock);
    return wait_ms;
}

int64_t control_latency_ms(uint64_t hash)
{
    return set.latency_ms + (set.jitter_ms > 0 ? (int64_t)(hash % (uint64_t)set.jitter_ms) : 0);
}

/* ---- the interface ---- */

static void write_paths(struct wn_buf *b)
{
    bool first = true;
    wn_buf_str(b, ",\"paths\":{");
    for (size_t i = 0; i < got.npaths; i++) {
        const struct path_count *p = &got.paths[i];
        wn_buf_printf(b, "%s\"%s%s %d\":%lld", first ? "" : ",", p->vendor->name,
                      p->endpoint == NULL ? " unknown" : p->endpoint->path, p->status,
                      (long long)p->n);
        first = false;
    }
    wn_buf_str(b, "},\"faults\":{");
    first = true;
    for (size_t i = 0; i < FAULT_KINDS; i++)
        if (got.faults[i] > 0 && i != FAULT_IS_OK) {
            wn_buf_printf(b, "%s\"%s\":%lld", first ? "" : ",", fault_name((enum fault_kind)i),
                          (long long)got.faults[i]);
            first = false;
        }
    wn_buf_str(b, "}}\n");
}

static void write_stats(struct wn_buf *b)
{
    pthread_mutex_lock(&lock);
    wn_buf_printf(b,
                  "{\"requests\":%lld,\"connections\":%lld,\"concurrent\":%lld,"
                  "\"max_concurrent\":%lld,\"distinct_bodies\":%lld,\"repeated_bodies\":%lld,"
                  "\"most_of_a_body\":%lld",
                  (long long)got.requests, (long long)got.connections, (long long)got.concurrent,
                  (long long)got.max_concurrent, (long long)got.bodies.used,
                  (long long)got.repeated, (long long)got.most);
    write_paths(b);
    pthread_mutex_unlock(&lock);
}

static void write_kept(struct wn_buf *b)
{
    pthread_mutex_lock(&lock);
    wn_buf_char(b, '[');
    for (size_t i = 0; i < got.nkept; i++) {
        wn_buf_str(b, i == 0 ? "" : ",\n");
        wn_buf_str(b, got.kept[i]);
    }
    wn_buf_str(b, "]\n");
    pthread_mutex_unlock(&lock);
}

static void post_control(struct call *c)
{
    const char *trouble = "the body is not a JSON object";
    cJSON *o = cJSON_ParseWithLength(c->body.data, c->body.len);
    if (cJSON_IsObject(o))
        trouble = control_apply(o);
    cJSON_Delete(o);
    c->reply.status = trouble == NULL ? 200 : 400;
    wn_buf_printf(&c->reply.body, "{\"ok\":%s%s%s%s}\n", trouble == NULL ? "true" : "false",
                  trouble == NULL ? "" : ",\"error\":\"", trouble == NULL ? "" : trouble,
                  trouble == NULL ? "" : "\"");
}

void control_serve(struct call *c)
{
    bool get = strcmp(c->method, "GET") == 0;
    c->reply.status = 200;
    if (get && strcmp(c->url, "/stats") == 0) {
        write_stats(&c->reply.body);
    } else if (get && strcmp(c->url, "/requests") == 0) {
        write_kept(&c->reply.body);
    } else if (!get && strcmp(c->url, "/control") == 0) {
        post_control(c);
    } else {
        c->reply.status = 404;
        wn_buf_str(&c->reply.body, "{\"error\":\"use a provider's path, /control, /stats or "
                                   "/requests; see tests/server/README.md\"}\n");
    }
}
