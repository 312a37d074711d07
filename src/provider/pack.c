/* pack.c: the answer about several items, taken apart.
 *
 * Which answer belongs to which item is said by the id that the item stood under, and by nothing else: not
 * by the order, not by the number of answers. An id that comes twice is no answer, because nobody can say
 * which one was meant; one that nobody had asked about is counted and left alone. What is inside a part is
 * not looked at here: it is read like the answer about a single item. */
#include "provider/format.h"
#include <string.h>

enum { MOST_ANSWERS = 2000 }; /* about one item; more than any endpoint is asked */

static size_t index_of(const struct wn_pack *p, const char *id, size_t len)
{
    for (size_t i = 0; i < p->n; i++)
        if (strlen(p->ids[i]) == len && memcmp(p->ids[i], id, len) == 0)
            return i;
    return SIZE_MAX;
}

static void start(const struct wn_pack *p, struct wn_arena *a, struct wn_unpacked *out)
{
    *out = (struct wn_unpacked){ .parts = wn_arena_array(a, p->n, sizeof(*out->parts)) };
}

static const char *printed(const cJSON *o, struct wn_arena *a)
{
    char *text = o == NULL ? NULL : cJSON_PrintUnformatted(o);
    const char *copy = text == NULL ? NULL : wn_arena_str(a, text);
    cJSON_free(text);
    return copy;
}

/* ---- what a model wrote ---- */

/* The JSON in the text: all of it, or what stands between its first brace and its last. */
static cJSON *find_json(const char *text, bool *stripped)
{
    const char *first = strchr(text, '{'), *last = strrchr(text, '}');
    cJSON *tree = NULL;
    if (wn_json_parse(text, strlen(text), false, &tree, NULL) == WN_OK)
        return tree;
    *stripped = true;
    if (first == NULL || last == NULL || last < first ||
        wn_json_parse(first, (size_t)(last - first) + 1, false, &tree, NULL) != WN_OK)
        return NULL;
    return tree;
}

static size_t count_ids(const cJSON *o)
{
    const cJSON *e;
    size_t n = 0;
    cJSON_ArrayForEach(e, o) n += strcmp(e->string, "id") == 0;
    return n;
}

void wn_unpack_text(const struct wn_pack *p, const char *text, struct wn_arena *a,
                    struct wn_unpacked *out)
{
    size_t *times = wn_arena_array(a, p->n, sizeof(*times));
    cJSON *tree, *e;
    start(p, a, out);
    tree = find_json(text, &out->stripped);
    cJSON_ArrayForEach(e, wn_json_get(tree, "items"))
    {
        const char *id = wn_json_str(e, "id");
        size_t i = id == NULL ? SIZE_MAX : index_of(p, id, strlen(id));
        if (i == SIZE_MAX || count_ids(e) != 1) {
            out->nunknown++;
            continue;
        }
        cJSON_DeleteItemFromObjectCaseSensitive(e, "id");
        out->parts[i] = times[i]++ == 0 ? printed(e, a) : NULL;
    }
    cJSON_Delete(tree);
}

/* ---- the answers of a decision endpoint ---- */

void wn_unpack_answers(const struct wn_pack *p, const cJSON *answers, struct wn_arena *a,
                       struct wn_unpacked *out)
{
    struct {
        cJSON *answers;
        size_t n;
        bool twice;
    } *got = wn_arena_array(a, p->n, sizeof(*got));
    const char *unknown = NULL;
    cJSON *e;
    start(p, a, out);
    cJSON_ArrayForEach(e, answers)
    {
        const char *name = e->string != NULL ? e->string : wn_json_str(e, "name");
        size_t len = name == NULL ? 0 : strcspn(name, ".");
        size_t i = len == 0 || name[len] != '.' ? SIZE_MAX : index_of(p, name, len);
        if (i == SIZE_MAX) { /* all answers about one unknown id are one */
            out->nunknown +=
                unknown == NULL || name == NULL || strncmp(unknown, name, len + 1) != 0;
            unknown = name;
            continue;
        }
        if (got[i].answers == NULL)
            got[i].answers = cJSON_CreateObject();
        if (++got[i].n > MOST_ANSWERS || wn_json_get(got[i].answers, name + len + 1) != NULL) {
            got[i].twice = true;
            continue;
        }
        cJSON_AddItemReferenceToObject(got[i].answers, name + len + 1, e);
    }
    for (size_t i = 0; i < p->n; i++) {
        out->parts[i] = got[i].twice ? NULL : printed(got[i].answers, a);
        cJSON_Delete(got[i].answers);
    }
}
