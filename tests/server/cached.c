/* cached.c: the providers' prompt caches, with the setting `prompt_cache`.
 *
 * What comes before the item (system text and schema) is the prefix. A prefix that was seen before is read
 * from the cache, a new one is written to it, and one that is too short is neither. It can be read once
 * the first answer has begun: who asks at the same time writes it, too. */
#include "server.h"
#include <string.h>

static void add_json(struct wn_buf *b, const cJSON *part)
{
    char *text = part == NULL ? NULL : cJSON_PrintUnformatted(part);
    wn_buf_str(b, text == NULL ? "" : text);
    cJSON_free(text);
}

void prompt_cache(struct call *c, const struct prefix *p, struct answer *an)
{
    struct wn_buf b = WN_BUF_INIT(BODY_MAX);
    int64_t tokens;
    uint64_t hash;
    if (!control_prompt_cache() || p->least == 0)
        return;
    wn_buf_printf(&b, "%s %s ", c->vendor->name, an->model);
    for (size_t i = 0; i < WN_COUNT(p->parts); i++)
        add_json(&b, p->parts[i]);
    tokens = tokens_of(b.len);
    hash = hash_bytes(b.data, b.len);
    wn_buf_free(&b);
    if (tokens < p->least)
        return;
    if (control_prompt_seen(hash, timer_now_us() +
                                      1000 * (control_latency_ms(c->hash) + c->reply.delay_ms)))
        an->cached = tokens;
    an->written = p->writes_all ? an->in - an->cached : an->cached > 0 ? 0 : tokens;
}

const cJSON *prefix_messages(struct call *c)
{
    const cJSON *messages = wn_json_get(c->json, "messages");
    const cJSON *first = cJSON_GetArrayItem(messages, 0);
    const char *role = wn_json_str(first, "role");
    return role == NULL || strcmp(role, "user") == 0 ? NULL : wn_json_get(first, "content");
}

bool prefix_is_marked(const cJSON *blocks)
{
    const cJSON *block;
    cJSON_ArrayForEach(block, blocks)
    {
        if (wn_json_get(block, "cache_control") != NULL)
            return true;
    }
    return false;
}
