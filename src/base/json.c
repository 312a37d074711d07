/* json.c: see json.h. */
#include "base/json.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

size_t wn_json_line_of(const char *text, const char *at)
{
    size_t line = 1;
    for (; text < at && *text != '\0'; text++)
        line += *text == '\n';
    return line;
}

enum wn_code wn_json_parse(const char *text, size_t len, bool quote, cJSON **out,
                           struct wn_error *err)
{
    const char *end = text;
    cJSON *tree = cJSON_ParseWithLengthOpts(text, len, &end, 0);
    const char *rest = end;
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
    size_t start = 0;
    wn_buf_char(b, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
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

void wn_json_number(struct wn_buf *b, double value, int digits)
{
    if (isfinite(value))
        wn_buf_printf(b, "%.*g", digits, value);
    else
        wn_buf_str(b, "null");
}
