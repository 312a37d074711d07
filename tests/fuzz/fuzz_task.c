/* fuzz_task.c: a task's files, and an item, as a stranger might write them.
 *
 * The input is up to five parts with a line "%%" between them: task.json, examples.jsonl,
 * system.md, user.md, the item's text. What is read without a fault must go all the way to a
 * prompt and a schema that is JSON. */
#include "base/utf8.h"
#include "task/parse.h"
#include "task/schema.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *user, const struct wn_fault *f)
{
    (void)user;
    if (f->what == NULL || f->hint == NULL || f->file == NULL)
        abort();
}

enum { PARTS = 5 };

/* Each part as a text of its own; parts that are not there are "". */
static void split(struct wn_arena *a, const char *text, const char *part[PARTS])
{
    for (size_t i = 0; i < PARTS; i++) {
        const char *end = strstr(text, "\n%%\n");
        size_t n = end == NULL ? strlen(text) : (size_t)(end - text);
        part[i] = wn_arena_copy(a, text, n);
        text += n + (end == NULL ? 0 : 4);
    }
}

static void check_schema(const struct wn_task *t)
{
    for (int d = 0; d < 4; d++) {
        struct wn_buf b = WN_BUF_INIT(16 << 20);
        cJSON *tree = NULL;
        wn_schema_write(t, NULL, (struct wn_dialect){ (d & 1) != 0, (d & 2) != 0 }, &b);
        if (!b.failed && wn_json_parse(b.data, b.len, false, &tree, NULL) != WN_OK)
            abort();
        wn_buf_reset(&b);
        wn_schema_describe(t, NULL, &b);
        cJSON_Delete(tree);
        wn_buf_free(&b);
    }
}

static void ask(struct wn_task *t, struct wn_arena *a, const char *text)
{
    const struct wn_field field = { text, text };
    struct wn_item item = { .id = "x",
                            .source = "x",
                            .text = text,
                            .text_len = strlen(text),
                            .fields = &field,
                            .nfields = 1 };
    struct wn_prompt p;
    const char *end;
    t->system = wn_prompt_system(t, NULL, a);
    if (wn_prompt_make(t, &item, NULL, a, &p, NULL) != WN_OK)
        return;
    end = strstr(p.state, "</item-");
    if (end == NULL || strstr(end + 1, "</item-") != NULL || !wn_utf8_valid(p.user, strlen(p.user)))
        abort();
    for (size_t i = 0; i < t->nroutes; i++)
        if (t->routes[i].draft != NULL)
            wn_task_draft(t, t->routes[i].draft, NULL, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_check c = { &a, "task.json", "", ignore, NULL, 0 };
    struct wn_task t = { .name = "x", .about = "", .dir = "x", .business_md = "We.", .arena = &a };
    struct wn_buf clean = WN_BUF_INIT(1 << 20);
    struct wn_example *examples = NULL;
    const char *part[PARTS];
    wn_utf8_clean(&clean, (const char *)data, size);
    split(&a, clean.data, part);
    wn_prompt_suspicious((const char *)data, size);
    wn_task_parse(&c, part[0], strlen(part[0]), &t);
    t.system_md = part[2];
    t.user_md = part[3];
    wn_templates_check(&c, &t);
    if (c.nfaults == 0) {
        wn_examples_parse(&c, &t, part[1], strlen(part[1]), &examples, &t.nexamples);
        t.examples = examples;
    }
    if (c.nfaults == 0) {
        check_schema(&t);
        ask(&t, &a, part[4]);
    }
    wn_buf_free(&clean);
    wn_arena_free(&a);
    return 0;
}
