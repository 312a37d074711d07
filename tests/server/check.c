/* check.c: what several providers check alike: unknown fields, messages, and where the item stands. */
#include "server.h"
#include <string.h>

int64_t tokens_of(size_t bytes)
{
    return (int64_t)((bytes + 3) / 4);
}

bool name_among(const char *known, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = known; n > 0 && (p = strstr(p, name)) != NULL; p++)
        if (p > known && p[-1] == ' ' && (p[n] == ' ' || p[n] == '\0'))
            return true;
    return false;
}

bool check_fields(struct call *c, const cJSON *o, const char *where, const char *known)
{
    const cJSON *m;
    if (c->vendor->unknown == NULL)
        return true;
    cJSON_ArrayForEach(m, o)
    {
        const char *param =
            *where == '\0' ? m->string : wn_arena_printf(&c->arena, "%s.%s", where, m->string);
        if (!name_among(known, m->string))
            return refuse(c, 400, "unknown_parameter", param, "%s",
                          c->vendor->unknown(&c->arena, where, m->string));
    }
    return true;
}

/* ---- text ---- */

bool check_content(struct call *c, const cJSON *content, const char *where, struct wn_buf *out)
{
    const cJSON *part;
    if (cJSON_IsString(content)) {
        wn_buf_str(out, content->valuestring);
        wn_buf_char(out, '\n');
        return true;
    }
    if (!cJSON_IsArray(content))
        return refuse(c, 400, "invalid_type", where, "Invalid type for '%s': expected a string.",
                      where);
    cJSON_ArrayForEach(part, content)
    {
        const char *type = wn_json_str(part, "type"), *text = wn_json_str(part, "text");
        if (type == NULL || strcmp(type, "text") != 0 || text == NULL)
            return refuse(c, 400, "invalid_value", where,
                          "Invalid part in '%s': expected {\"type\":\"text\",\"text\":...}.",
                          where);
        wn_buf_str(out, text);
        wn_buf_char(out, '\n');
    }
    return true;
}

/* The bytes between <item-...> and </item-...>; false where there are none. */
static bool find_item(const char *text, const char **start, size_t *len)
{
    const char *open = strstr(text, "<item-"), *end, *from;
    if (open == NULL || (from = strchr(open, '>')) == NULL ||
        (end = strstr(from, "</item-")) == NULL)
        return false;
    *start = from + 1;
    *len = (size_t)(end - *start);
    return true;
}

/* The last "Item ID" before the delimiter at `at`, or NULL. */
static const char *id_before(struct call *c, const char *text, const char *at)
{
    const char *id = NULL;
    for (const char *p = text; (p = strstr(p, "Item ")) != NULL && p < at; p++)
        if (p == text || p[-1] == '\n')
            id = p + 5;
    return id == NULL ? NULL : wn_arena_copy(&c->arena, id, strcspn(id, " \n"));
}

/* All items, where there are several, each under its id; what is outside of them is rules. */
static bool find_several(struct call *c, struct ask *ask, const char *rules, const char *last)
{
    struct wn_buf all = WN_BUF_INIT(BODY_MAX), other = WN_BUF_INIT(BODY_MAX);
    const char *from = last, *start;
    size_t len, n = 0, room = 0;
    for (const char *p = last; (p = strstr(p, "<item-")) != NULL; p++)
        room++;
    ask->several = wn_arena_array(&c->arena, room, sizeof(*ask->several));
    for (; find_item(from, &start, &len); from = start + len) {
        struct item *it = &ask->several[n];
        item_read(&c->arena, start, len, it);
        it->id = id_before(c, last, start);
        wn_buf_add(&other, from, (size_t)(start - from));
        wn_buf_add(&all, start, len);
        n += it->id != NULL;
    }
    wn_buf_str(&other, from);
    ask->nseveral = n;
    if (n > 0) {
        ask->rules = wn_arena_printf(&c->arena, "%s\n%s", rules, other.data);
        item_read(&c->arena, all.data, all.len, &ask->item);
    }
    wn_buf_free(&all);
    wn_buf_free(&other);
    return n > 0;
}

void ask_texts(struct call *c, struct ask *ask, const char *rules, const char *last)
{
    const char *start = last;
    size_t len = strlen(last);
    if (find_several(c, ask, rules, last))
        return;
    if (find_item(last, &start, &len))
        rules = wn_arena_printf(&c->arena, "%s\n%.*s\n%s", rules, (int)(start - last), last,
                                start + len);
    ask->rules = rules;
    item_read(&c->arena, start, len, &ask->item);
}

static bool check_message(struct call *c, const cJSON *m, size_t i, const char *roles,
                          struct wn_buf *out)
{
    const char *where = wn_arena_printf(&c->arena, "messages[%zu]", i);
    const char *role = wn_json_str(m, "role");
    if (!check_fields(c, m, where, " role content name refusal reasoning "))
        return false;
    if (role == NULL || !name_among(roles, role))
        return refuse(c, 400, "invalid_value", wn_arena_printf(&c->arena, "%s.role", where),
                      "Invalid value: '%s'. Supported values are:%s.", role == NULL ? "" : role,
                      roles);
    return check_content(c, wn_json_get(m, "content"),
                         wn_arena_printf(&c->arena, "%s.content", where), out);
}

bool check_messages(struct call *c, struct ask *ask, const char *roles)
{
    const cJSON *messages = wn_json_get(c->json, "messages"), *m;
    struct wn_buf rules = WN_BUF_INIT(BODY_MAX), text = WN_BUF_INIT(BODY_MAX);
    const char *role = NULL, *first_user = NULL;
    size_t i = 0;
    bool ok = true;
    if (!cJSON_IsArray(messages) || cJSON_GetArraySize(messages) == 0)
        return refuse(c, 400, "missing_required_parameter", "messages",
                      "Missing required parameter: 'messages'.");
    cJSON_ArrayForEach(m, messages)
    {
        wn_buf_reset(&text);
        ok = check_message(c, m, i++, roles, &text);
        if (!ok)
            break;
        role = wn_json_str(m, "role");
        if (strcmp(role, "user") != 0)
            wn_buf_str(&rules, text.data);
        else if (first_user == NULL || strstr(text.data, "<item-") != NULL)
            first_user = wn_arena_copy(&c->arena, text.data, text.len);
    }
    if (ok && strcmp(role, "user") != 0)
        ok = refuse(c, 400, "invalid_value", "messages",
                    "The conversation must end with a user message, not with '%s'.", role);
    if (ok)
        ask_texts(c, ask, wn_arena_copy(&c->arena, rules.data, rules.len), first_user);
    wn_buf_free(&rules);
    wn_buf_free(&text);
    return ok;
}
