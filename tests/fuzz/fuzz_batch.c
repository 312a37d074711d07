/* fuzz_batch.c: what a provider says of a batch: its id, its state, its results, the list of all.
 *
 * The first letter says whose it is (o, a, g, r); the rest is the body. */
#include "base/utf8.h"
#include "provider/batch.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(cond)                                                                                 \
    do {                                                                                           \
        if (!(cond))                                                                               \
            abort();                                                                               \
    } while (0)

/* Printed on a terminal. */
static void check_shown(const char *text)
{
    MUST(wn_utf8_valid(text, strlen(text)));
    for (const char *p = text; *p != '\0'; p++)
        MUST((unsigned char)*p >= ' ' && *p != 0x7f);
}

/* Goes into an address. */
static void check_id(const char *id)
{
    MUST(id[0] != '\0' && strpbrk(id, " ?#%\r\n\t\"\\") == NULL && strstr(id, "..") == NULL);
}

static void on_line(void *user, const struct wn_batch_line *l)
{
    (void)user;
    MUST(l->id != NULL && l->why != NULL);
    MUST(l->body == NULL || l->body[0] == '{');
}

static void on_batch(void *user, const struct wn_batch_listed *l)
{
    (void)user;
    check_id(l->id);
    MUST(l->created >= 0 && l->requests >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "openai", "anthropic", "gemini", "openrouter" };
    const char *name = names[0];
    struct wn_batch_job job = { .model = "m", .base_url = "https://api.example/v1", .id = "b1" };
    struct wn_response r = { .wire = WN_WIRE_OK, .status = 200 };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_batch_state state;
    struct wn_request request;
    const char *id, *cursor = NULL;
    if (size == 0)
        return 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (data[0] == (i == 3 ? 'r' : (uint8_t)names[i][0]))
            name = names[i];
    job.provider = wn_provider_named(name, strlen(name));
    r.body = wn_arena_copy(&a, (const char *)data + 1, size - 1);
    r.body_len = size - 1;
    id = wn_batch_created(&r, &a);
    if (id != NULL)
        check_id(id);
    if (wn_batch_read_state(&job, &r, &a, &state)) {
        check_shown(state.word);
        if (state.why != NULL)
            check_shown(state.why);
        for (size_t i = 0; i < 2; i++)
            if (state.paths[i] != NULL)
                check_id(state.paths[i]);
    }
    wn_batch_read_results(&r, &a, on_line, NULL);
    wn_batch_read_list(&job, &r, &a, on_batch, NULL, &cursor);
    if (cursor != NULL && wn_batch_list(&job, cursor, &a, &request, NULL) == WN_OK)
        for (const char *c = request.url; *c != '\0'; c++)
            MUST(*c > ' ' && *c < 0x7f && *c != '#');
    wn_arena_free(&a);
    return 0;
}
