/* json.c: see json.h. */
#include "base/json.h"
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t wn_json_line_of(const char *text, const char *at)
{
    size_t line = 1;
    for (; text < at && *text != '\0'; text++)
        line += *text == '\n';
    return line;
}

/* ---- where cJSON takes its memory from: an arena while one is set, else the heap ---- */

static _Thread_local struct wn_arena *into;

static void *take(size_t n)
{
    return into != NULL ? wn_arena_alloc(into, n) : malloc(n);
}

static void let_go(void *p)
{
    if (into == NULL)
        free(p);
}

static void set_hooks(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){ take, let_go });
}

enum wn_code wn_json_parse_in(struct wn_arena *a, const char *text, size_t len, const cJSON **out,
                              struct wn_error *err)
{
    cJSON *tree = NULL;
    enum wn_code rc;
    into = a;
    rc = wn_json_parse(text, len, false, &tree, err);
    into = NULL;
    *out = tree;
    return rc;
}

enum wn_code wn_json_parse(const char *text, size_t len, bool quote, cJSON **out,
                           struct wn_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const char *rest = text;
    cJSON *tree;
    pthread_once(&once, set_hooks);
    tree = cJSON_ParseWithLengthOpts(text, len, &rest, 0);
    if (tree != NULL) {
        while (rest < text + len && strchr(" \t\r\n", *rest) != NULL && *rest != '\0')
            rest++;
        if (rest == text + len) {
            *out = tree;
            return WN_OK;
        }
        cJSON_Delete(tree);
    }
    wn_error_set(err, WN_E_INPUT, "not JSON");
    if (quote && rest < text + len)
        wn_error_cause(err, "line %zu, near '%.20s'", wn_json_line_of(text, rest), rest);
    else
        wn_error_cause(err, "line %zu, byte %zu of %zu", wn_json_line_of(text, rest),
                       (size_t)(rest - text), len);
    return WN_E_INPUT;
}

/* ---- where a value stands: a scanner that trusts nothing and keeps no tree ---- */

static const char *skip_space(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

static const char *skip_string(const char *p)
{
    for (p++; *p != '\0' && *p != '"'; p++)
        if (*p == '\\' && p[1] != '\0')
            p++;
    return *p == '"' ? p + 1 : p;
}

static const char *skip_value(const char *p)
{
    size_t depth = 0;
    do {
        p = skip_space(p);
        if (*p == '"')
            p = skip_string(p);
        else if (*p == '{' || *p == '[')
            depth++, p++;
        else if ((*p == '}' || *p == ']') && depth > 0)
            depth--, p++;
        else if ((*p == ',' || *p == ':') && depth > 0)
            p++;
        else {
            size_t n = strcspn(p, " \t\r\n,:{}[]\"");
            if (n == 0)
                return p;
            p += n;
        }
    } while (depth > 0 && *p != '\0');
    return p;
}

/* The value of member `name` of the object at p, or NULL. */
static const char *find_member(const char *p, const char *name, size_t len)
{
    if (*p != '{')
        return NULL;
    p = skip_space(p + 1);
    while (*p == '"') {
        const char *key = p + 1;
        const char *after = skip_string(p);
        p = skip_space(after);
        if (*p != ':')
            return NULL;
        p = skip_space(p + 1);
        if ((size_t)(after - 1 - key) == len && memcmp(key, name, len) == 0)
            return p;
        p = skip_space(skip_value(p));
        if (*p == ',')
            p = skip_space(p + 1);
    }
    return NULL;
}

static const char *find_element(const char *p, unsigned long index)
{
    if (*p != '[')
        return NULL;
    p = skip_space(p + 1);
    while (index-- > 0 && *p != '\0' && *p != ']') {
        p = skip_space(skip_value(p));
        if (*p == ',')
            p = skip_space(p + 1);
    }
    return *p == '\0' || *p == ']' ? NULL : p;
}

size_t wn_json_line(const char *text, const char *path)
{
    const char *p = skip_space(text);
    if (*p != '{' && *p != '[')
        return 0;
    while (*path != '\0') {
        const char *next;
        if (*path == '[') {
            unsigned long index = 0;
            size_t used = 0;
            for (used = 1; path[used] >= '0' && path[used] <= '9'; used++)
                index = index * 10 + (unsigned long)(path[used] - '0');
            next = find_element(p, index);
            path += used + (path[used] == ']');
        } else {
            size_t len = strcspn(path, ".[");
            next = find_member(p, path, len);
            path += len;
        }
        if (next == NULL)
            break;
        p = next;
        if (*path == '.')
            path++;
    }
    return wn_json_line_of(text, p);
}

const cJSON *wn_json_get(const cJSON *o, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(o, name);
}

const char *wn_json_str(const cJSON *o, const char *name)
{
    return cJSON_GetStringValue(wn_json_get(o, name));
}

double wn_json_num(const cJSON *o, const char *name, double fallback)
{
    const cJSON *v = wn_json_get(o, name);
    return cJSON_IsNumber(v) ? v->valuedouble : fallback;
}

int64_t wn_json_int(const cJSON *o, const char *name, int64_t fallback)
{
    double v = wn_json_num(o, name, NAN);
    return v >= -9e15 && v <= 9e15 ? (int64_t)v : fallback;
}

bool wn_json_bool(const cJSON *o, const char *name, bool fallback)
{
    const cJSON *v = wn_json_get(o, name);
    return cJSON_IsBool(v) ? cJSON_IsTrue(v) : fallback;
}

void wn_json_quote(struct wn_buf *b, const char *text)
{
    wn_json_quote_n(b, text, strlen(text));
}

void wn_json_quote_n(struct wn_buf *b, const char *text, size_t len)
{
    static const bool special[256] = {
        ['"'] = true, ['\\'] = true, [0x7f] = true, [0] = true,    [1] = true,    [2] = true,
        [3] = true,   [4] = true,    [5] = true,    [6] = true,    [7] = true,    [8] = true,
        [9] = true,   [10] = true,   [11] = true,   [12] = true,   [13] = true,   [14] = true,
        [15] = true,  [16] = true,   [17] = true,   [18] = true,   [19] = true,   [20] = true,
        [21] = true,  [22] = true,   [23] = true,   [24] = true,   [25] = true,   [26] = true,
        [27] = true,  [28] = true,   [29] = true,   [30] = true,   [31] = true
    };
    size_t start = 0, plain = 0;
    while (plain < len && !special[(unsigned char)text[plain]])
        plain++;
    if (plain == len) { /* as most are: in one piece */
        char *p = wn_buf_more(b, len + 2);
        if (p != NULL) {
            p[0] = '"';
            memcpy(p + 1, text, len);
            p[len + 1] = '"';
        }
        return;
    }
    wn_buf_char(b, '"');
    for (size_t i = plain; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (!special[c])
            continue;
        wn_buf_add(b, text + start, i - start);
        start = i + 1;
        if (c == '"' || c == '\\') {
            wn_buf_char(b, '\\');
            wn_buf_char(b, (char)c);
        } else if (c == '\n') {
            wn_buf_str(b, "\\n");
        } else if (c == '\t') {
            wn_buf_str(b, "\\t");
        } else if (c == '\r') {
            wn_buf_str(b, "\\r");
        } else {
            wn_buf_printf(b, "\\u%04x", c);
        }
    }
    wn_buf_add(b, text + start, len - start);
    wn_buf_char(b, '"');
}

/* What "%.*g" gives for the numbers that we mostly write (shares, counts, milliseconds), ten times as
 * fast: all digits as one whole number, a point in it, no zeros at its end. False: not one of them. */
static bool write_plain(struct wn_buf *b, double value, int digits)
{
    static const double ten[] = { 1,   1e1, 1e2, 1e3,  1e4,  1e5,  1e6, 1e7,
                                  1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14 };
    char text[32];
    int places, n = sizeof(text);
    double scaled;
    uint64_t whole;
    if (digits < 1 || digits > 12 || !(value >= 1e-3 && value < 1e9) || value >= ten[digits])
        return false;
    for (places = digits; places > 0 && value >= ten[digits - places]; places--)
        ;
    places += value < 1e-1;
    places += value < 1e-2;
    scaled = value * ten[places];
    whole = (uint64_t)(scaled + .5);
    /* 0.99996 became 1.000, or it lies about between two: printf knows the last bits */
    if (whole >= (uint64_t)ten[digits] || fabs(scaled - floor(scaled) - .5) < 1e-2)
        return false;
    for (; places > 0 && whole % 10 == 0; places--)
        whole /= 10;
    for (; places > 0; places--, whole /= 10) {
        text[--n] = (char)('0' + whole % 10);
        if (places == 1)
            text[--n] = '.';
    }
    do
        text[--n] = (char)('0' + whole % 10);
    while ((whole /= 10) > 0);
    wn_buf_add(b, text + n, sizeof(text) - (size_t)n);
    return true;
}

void wn_json_number(struct wn_buf *b, double value, int digits)
{
    if (value == 0)
        wn_buf_str(b, signbit(value) ? "-0" : "0");
    else if (write_plain(b, value, digits))
        return;
    else if (isfinite(value))
        wn_buf_printf(b, "%.*g", digits, value);
    else
        wn_buf_str(b, "null");
}

void wn_json_member(struct wn_buf *b, const char *name)
{
    if (b->len > 0 && strchr("{[", b->data[b->len - 1]) == NULL)
        wn_buf_char(b, ',');
    wn_json_quote(b, name);
    wn_buf_char(b, ':');
}

void wn_json_member_str(struct wn_buf *b, const char *name, const char *value)
{
    wn_json_member(b, name);
    if (value == NULL)
        wn_buf_str(b, "null");
    else
        wn_json_quote(b, value);
}

void wn_json_member_int(struct wn_buf *b, const char *name, int64_t value)
{
    wn_json_member(b, name);
    wn_buf_printf(b, "%lld", (long long)value);
}

void wn_json_member_num(struct wn_buf *b, const char *name, double value, int digits)
{
    wn_json_member(b, name);
    wn_json_number(b, value, digits);
}

void wn_json_member_bool(struct wn_buf *b, const char *name, bool value)
{
    wn_json_member(b, name);
    wn_buf_str(b, value ? "true" : "false");
}
