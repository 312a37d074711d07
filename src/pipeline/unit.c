/* unit.c: see unit.h. */
#include "pipeline/unit.h"
#include "base/fnv.h"
#include <string.h>

static const char *field(const struct wn_item *item, const char *name)
{
    for (size_t i = 0; i < item->nfields; i++)
        if (strcmp(item->fields[i].name, name) == 0)
            return item->fields[i].value;
    return NULL;
}

/* The first message's id, for all that answer it. A column that happens to be called "thread" makes no mail. */
static const char *thread_of(const struct wn_item *item)
{
    const char *own = field(item, "message_id"), *first = field(item, "thread");
    if (own == NULL || field(item, "from") == NULL)
        return NULL;
    return first == NULL ? own : first;
}

const char *wn_unit_of(const struct wn_item *item, struct wn_arena *a)
{
    const char *thread = thread_of(item);
    if (thread != NULL)
        return thread;
    if (strcmp(item->id, item->source) != 0 || item->text_len == 0)
        return item->id;
    return wn_arena_printf(a, "#%016llx",
                           (unsigned long long)wn_fnv(WN_FNV_START, item->text, item->text_len));
}
