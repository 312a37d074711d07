/* json.c: one JSON object -> an item.
 *
 * Members are cells; what is nested is flattened to "company.name". A text that is a list of messages
 * (a thread) is joined, paragraph by paragraph. */
#include "input/input.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"

enum { DEPTH_MAX = 6, NUMBER_DIGITS = 15 };

/* ---- mending ---- */

static int hex4(const char *s, size_t n)
{
    int v = 0;
    if (n < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        if (!isxdigit((unsigned char)s[i]))
            return -1;
        v = v * 16 +
            (isdigit((unsigned char)s[i]) ? s[i] - '0' : tolower((unsigned char)s[i]) - 'a' + 10);
    }
    return v;
}

static bool is_surrogate(int v, int from)
{
    return v >= from && v < from + 0x400;
}

/* One escape at s ("\\" and what follows) into out; returns how much of s it was. */
static size_t mend_escape(struct wn_buf *out, const char *s, size_t n)
{
    int v = n > 2 && s[1] == 'u' ? hex4(s + 2, n - 2) : -1, low;
    if (v < 0) {
        n = n < 2 ? n : 2;
        wn_buf_add(out, s, n);
        return n;
    }
    low = n > 8 && s[6] == '\\' && s[7] == 'u' ? hex4(s + 8, n - 8) : -1;
    if (is_surrogate(v, 0xd800) && is_surrogate(low, 0xdc00)) {
        wn_buf_add(out, s, 12);
        return 12;
    }
    if (is_surrogate(v, 0xd800) || is_surrogate(v, 0xdc00))
        wn_buf_str(out, "\\ufffd");
    else if (v != 0)
        wn_buf_add(out, s, 6);
    return 6;
}

static size_t mend_bare(struct wn_buf *out, const char *s, size_t n)
{
    static const char *const none[] = { "NaN", "Infinity", "-Infinity" };
    size_t digits = *s == '-';
    for (size_t i = 0; i < WN_COUNT(none); i++)
        if (n >= strlen(none[i]) && memcmp(s, none[i], strlen(none[i])) == 0) {
            wn_buf_str(out, "null");
            return strlen(none[i]);
        }
    while (digits < n && isdigit((unsigned char)s[digits]))
        digits++;
    if (digits > NUMBER_DIGITS && (digits == n || strchr(".eE", s[digits]) == NULL)) {
        wn_buf_char(out, '"');
        wn_buf_add(out, s, digits);
        wn_buf_char(out, '"');
        return digits;
    }
    while (digits < n && s[digits] != '\0' && strchr("0123456789.eE+-", s[digits]) != NULL)
        digits++;
    digits += digits == 0;
    wn_buf_add(out, s, digits);
    return digits;
}

void wn_json_mend(struct wn_buf *out, const char *s, size_t n)
{
    bool quoted = false;
    for (size_t i = 0; i < n;) {
        size_t plain = i;
        while (plain < n && s[plain] != '"' && s[plain] != '\\' &&
               (quoted || (strchr("NI-", s[plain]) == NULL && !isdigit((unsigned char)s[plain]))))
            plain++;
        wn_buf_add(out, s + i, plain - i);
        i = plain;
        if (i == n)
            break;
        if (s[i] == '"') {
            quoted = !quoted;
            wn_buf_char(out, s[i++]);
        } else if (quoted) {
            i += mend_escape(out, s + i, n - i);
        } else {
            i += mend_bare(out, s + i, n - i);
        }
    }
}

/* ---- values ---- */

static void add_number(struct wn_buf *b, double v)
{
    if (v == floor(v) && fabs(v) < 1e15)
        wn_buf_printf(b, "%.0f", v);
    else
        wn_buf_printf(b, "%.15g", v);
}

static void add_scalar(struct wn_buf *b, const cJSON *v)
{
    if (cJSON_IsString(v))
        wn_buf_str(b, v->valuestring);
    else if (cJSON_IsNumber(v))
        add_number(b, v->valuedouble);
    else if (cJSON_IsBool(v))
        wn_buf_str(b, cJSON_IsTrue(v) ? "true" : "false");
}

static void add_paragraph(struct wn_buf *b, const char *text)
{
    size_t n = strlen(text);
    if (text[strspn(text, " \t\r\n")] == '\0')
        return;
    if (b->len > 0)
        wn_buf_str(b, "\n\n");
    if (wn_html_looks(text, n)) {
        struct wn_buf plain = WN_BUF_INIT(SIZE_MAX / 4);
        wn_html_text(text, n, &plain, NULL);
        wn_buf_add(b, plain.data, plain.len);
        wn_buf_free(&plain);
    } else {
        wn_buf_add(b, text, n);
    }
}

/* The text of a message object, of a list of them, or of a list of strings. */
static void add_thread(struct wn_buf *b, const cJSON *v, int depth)
{
    static const char *const part[] = { "subject", "title", "body", "text", "message", "content" };
    const cJSON *kid;
    if (cJSON_IsString(v)) {
        add_paragraph(b, v->valuestring);
    } else if (cJSON_IsArray(v) && depth < DEPTH_MAX) {
        cJSON_ArrayForEach(kid, v) add_thread(b, kid, depth + 1);
    } else if (cJSON_IsObject(v) && depth < DEPTH_MAX) {
        for (size_t i = 0; i < WN_COUNT(part); i++)
            if ((kid = cJSON_GetObjectItem(v, part[i])) != NULL)
                add_thread(b, kid, depth + 1);
    }
}

static bool is_flat_list(const cJSON *v)
{
    const cJSON *kid;
    cJSON_ArrayForEach(kid, v) if (cJSON_IsObject(kid) || cJSON_IsArray(kid)) return false;
    return cJSON_IsArray(v);
}

/* ---- cells ---- */

struct cells {
    const struct wn_mapping *map;
    struct wn_arena *a;
    struct wn_cell *cell; /* not in the arena: it is needed for a moment, and the item stays for long */
    size_t n, cap;
};

static void add_cell(struct cells *c, const char *name, struct wn_role role, struct wn_buf *value)
{
    if (c->n == c->cap) {
        c->cap = c->cap * 2 + 8;
        c->cell = wn_xrealloc(c->cell, c->cap, sizeof(*c->cell));
    }
    c->cell[c->n++] =
        (struct wn_cell){ name, wn_arena_copy(c->a, value->data, value->len), value->len, role };
    wn_buf_reset(value);
}

/* The name of a member as a field's: clean and short. */
static const char *member_name(struct wn_arena *a, const char *name)
{
    bool cut = false;
    size_t len;
    const char *clean = wn_item_clean(a, name, strlen(name), 200, &len, &cut);
    return len == 0 ? "unnamed" : clean;
}

static void add_member(struct cells *c, const char *name, const cJSON *v, int depth)
{
    struct wn_buf b = WN_BUF_INIT(SIZE_MAX / 4);
    struct wn_role role = wn_mapping_role(c->map, name, strlen(name));
    bool nested = cJSON_IsObject(v) || cJSON_IsArray(v);
    const cJSON *kid;
    if (depth > DEPTH_MAX || (depth > 0 && c->n >= WN_FIELDS_MAX))
        return;
    if (role.rule == 0 && nested)
        add_thread(&b, v, 0);
    if (!nested) {
        add_scalar(&b, v);
        add_cell(c, name, role, &b);
    } else if (b.len > 0) {
        add_cell(c, name, role, &b);
    } else if (is_flat_list(v)) {
        cJSON_ArrayForEach(kid, v)
        {
            wn_buf_str(&b, b.len > 0 ? ", " : "");
            add_scalar(&b, kid);
        }
        add_cell(c, name, role, &b);
    } else {
        size_t i = 0;
        cJSON_ArrayForEach(kid, v)
        {
            i++;
            const char *path = cJSON_IsObject(v) ? wn_arena_printf(c->a, "%s.%s", name, kid->string)
                                                 : wn_arena_printf(c->a, "%s.%zu", name, i);
            add_member(c, member_name(c->a, path), kid, depth + 1);
        }
    }
    wn_buf_free(&b);
}

static void object_item(const struct wn_part *p, struct wn_arena *a, const char *source,
                        const cJSON *tree, struct wn_item *out)
{
    struct cells c = { .map = p->map, .a = a };
    const cJSON *kid;
    cJSON_ArrayForEach(kid, tree) add_member(&c, member_name(a, kid->string), kid, 0);
    wn_item_from_cells(p, a, source, c.cell, c.n, out);
    free(c.cell);
}

void wn_json_item(const struct wn_part *p, struct wn_arena *a, const char *source, const char *text,
                  size_t len, struct wn_item *out)
{
    struct wn_buf mended = WN_BUF_INIT(SIZE_MAX / 4);
    struct wn_arena scratch = WN_ARENA_INIT;
    const cJSON *tree;
    wn_json_mend(&mended, text, len);
    if (wn_json_parse_in(&scratch, mended.data, mended.len, &tree, NULL) != WN_OK) {
        wn_item_fail(a, out, source, "not JSON",
                     "It may be cut off, or not be escaped as JSON wants.");
    } else if (cJSON_IsString(tree)) {
        const char *s = tree->valuestring;
        const struct wn_cell cell = { "text", s, strlen(s), { 0, 0 } };
        wn_item_from_cells(p, a, source, &cell, 1, out);
    } else if (cJSON_IsObject(tree)) {
        object_item(p, a, source, tree, out);
    } else {
        wn_item_fail(a, out, source, "not a JSON object",
                     "Each item is an object: {\"text\": ...}.");
    }
    wn_arena_free(&scratch);
    wn_buf_free(&mended);
}
