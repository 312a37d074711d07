/* fault.c: faults by name, chosen by a rule or by the item itself, and the replies they make.
 *
 * A text that holds [[fault:KIND]] meets that fault, so a test says in one place what goes in and what
 * goes wrong. The whole form is [[fault:KIND/HINT@PROVIDER xN]]: a 429's hint, only at this provider,
 * only the first N times that this item comes on this path, in whatever words: a repeated request, one
 * with more room and one that asks for a repair all count. The first marker that applies wins. */
#include "server.h"
#include "base/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *name;
    enum fault_group group;
    int status;
} faults[] = {
#define X(id, name, group, status) { name, FAULT_##group, status },
    FAULTS(X)
#undef X
};

static const char *const hints[] = { "default", "none",   "seconds", "date",
                                     "past",    "absurd", "ms",      "retryinfo" };

enum fault_kind fault_named(const char *name, size_t len)
{
    for (size_t i = 0; i < WN_COUNT(faults); i++)
        if (strlen(faults[i].name) == len && memcmp(faults[i].name, name, len) == 0)
            return (enum fault_kind)i;
    return FAULT_KINDS;
}

enum fault_group fault_group(enum fault_kind k)
{
    return faults[k].group;
}

const char *fault_name(enum fault_kind k)
{
    return faults[k].name;
}

enum hint hint_named(const char *name, size_t len)
{
    for (size_t i = 0; i < WN_COUNT(hints); i++)
        if (strlen(hints[i]) == len && memcmp(hints[i], name, len) == 0)
            return (enum hint)i;
    return HINT_DEFAULT;
}

/* ---- choosing ---- */

/* Read the marker whose KIND begins at p; does it apply to this call? */
static bool marker_applies(const struct call *c, const char *p, const char *end, struct fault *out)
{
    static const char stops[] = "/@ ]x";
    size_t n = strcspn(p, stops);
    long times = 0;
    *out = (struct fault){ .kind = fault_named(p, n) };
    for (p += n; p < end && *p != ']'; p += n) {
        char what = *p++;
        n = strcspn(p, what == 'x' ? " ]" : "/@ ]");
        if (what == '/')
            out->hint = hint_named(p, n);
        else if (what == 'x')
            times = strtol(p, NULL, 10);
        else if (what == '@' &&
                 (strlen(c->vendor->name) != n || memcmp(c->vendor->name, p, n) != 0))
            return false;
        else if (what == ' ')
            n = 0;
    }
    return out->kind != FAULT_KINDS && (times == 0 || c->tries <= times);
}

static bool find_marker(const struct call *c, const struct item *it, struct fault *out)
{
    static const char open[] = "[[fault:";
    const char *p = it->text, *end = it->text + it->len;
    while (p < end && (p = strstr(p, open)) != NULL && p < end) {
        p += sizeof(open) - 1;
        if (marker_applies(c, p, end, out))
            return true;
    }
    return false;
}

bool item_wants(const struct item *it, enum fault_kind f)
{
    char mark[40];
    snprintf(mark, sizeof(mark), "[[fault:%s]]", fault_name(f));
    return strstr(it->text, mark) != NULL;
}

enum fault_kind item_fault(const struct call *c, const struct item *it)
{
    return item_wants(it, c->fault.kind) ? c->fault.kind : FAULT_IS_OK;
}

/* ---- replies ---- */

static void http_date(int64_t unix_s, char *out, size_t size)
{
    time_t t = (time_t)unix_s;
    struct tm tm;
    gmtime_r(&t, &tm);
    strftime(out, size, "%a, %d %b %Y %H:%M:%S GMT", &tm);
}

void fault_busy(struct call *c, enum hint hint, const char *value)
{
    char date[64];
    bool body = c->vendor == &vendor_gemini;
    if (hint == HINT_DEFAULT)
        hint = value != NULL ? HINT_SECONDS : body ? HINT_RETRYINFO : HINT_MS;
    if (hint == HINT_MS && body)
        hint = HINT_RETRYINFO;
    /* error() of Gemini reads the delay for its RetryInfo from here */
    c->fault.retry_after = NULL;
    if (hint == HINT_RETRYINFO)
        c->fault.retry_after = value != NULL ? value : "20";
    refuse(c, 429, NULL, NULL, "Rate limit reached. Please try again later.");
    if (hint == HINT_SECONDS || hint == HINT_ABSURD)
        reply_head(c, "retry-after", "%s",
                   hint == HINT_ABSURD ? "99999999999"
                   : value != NULL     ? value
                                       : "1");
    if (hint == HINT_MS)
        reply_head(c, "retry-after-ms", "%s", value != NULL ? value : "20");
    if (hint == HINT_DATE || hint == HINT_PAST) {
        http_date(time(NULL) + (hint == HINT_DATE ? 1 : -3600), date, sizeof(date));
        reply_head(c, "retry-after", "%s", date);
    }
}

static void serve_status(struct call *c, const struct fault *f)
{
    static const struct {
        int status;
        const char *message;
    } words[] = {
        { 400, "The request was refused." },
        { 401, "The key was refused." },
        { 402, "Insufficient credits." },
        { 403, "This key may not do that." },
        { 404, "There is no such thing." },
        { 408, "The request took too long to arrive." },
        { 409, "The resource is being changed by another request." },
        { 413, "The request is too large." },
        { 422, "The request could not be processed." },
        { 500, "The server had an error while processing your request." },
        { 503, "The server is overloaded or not ready yet." },
        { 529, "Overloaded" },
    };
    if (f->kind == FAULT_IS_QUOTA) {
        refuse_finally(c, &c->vendor->quota);
    } else if (f->kind == FAULT_IS_PERDAY) {
        refuse_finally(c, &c->vendor->per_day);
    } else if (f->kind == FAULT_IS_429) {
        fault_busy(c, f->hint, f->retry_after);
    } else {
        for (size_t i = 0; i < WN_COUNT(words); i++)
            if (words[i].status == faults[f->kind].status)
                refuse(c, words[i].status, NULL, NULL, "%s", words[i].message);
    }
}

static void serve_body(struct call *c, enum fault_kind kind)
{
    struct wn_buf *b = &c->reply.body;
    c->reply.status = faults[kind].status;
    if (kind == FAULT_IS_NOTJSON) {
        wn_buf_str(b, "upstream connect error or disconnect before headers");
    } else if (kind == FAULT_IS_TOOLARGE) {
        static const char words[] = "all work and no play makes a long reply ";
        wn_buf_str(b, "{\"text\":\"");
        while (b->len < 9 * 1024 * 1024)
            wn_buf_add(b, words, sizeof(words) - 1);
        wn_buf_str(b, "\"}");
    } else {
        c->reply.type = "text/html; charset=utf-8";
        wn_buf_printf(b,
                      "<!DOCTYPE html>\n<html><head><title>%d</title></head>\n<body><h1>%s</h1>"
                      "<p>The gateway could not reach the service.</p></body></html>\n",
                      c->reply.status,
                      kind == FAULT_IS_502   ? "502 Bad Gateway"
                      : kind == FAULT_IS_504 ? "504 Gateway Time-out"
                                             : "Please sign in");
    }
}

bool fault_serve(struct call *c, const struct item *it)
{
    struct fault f = { .kind = FAULT_IS_OK };
    c->tries = control_count_item(hash_bytes(c->url, strlen(c->url)) ^ (it == NULL ? 0 : it->hash));
    if (it == NULL || control_calm() || !find_marker(c, it, &f))
        if (!control_fault(c, it, &f))
            f.kind = FAULT_IS_OK;
    c->fault = f;
    switch (fault_group(f.kind)) {
    case FAULT_STATUS:
        serve_status(c, &f);
        return true;
    case FAULT_BODY:
        serve_body(c, f.kind);
        return true;
    case FAULT_WIRE:
        c->reply.wire = f.kind;
        return false;
    default:
        c->reply.delay_ms = f.kind == FAULT_IS_LATE ? 300 : 0;
        return false;
    }
}
