/* openrouter.c: chat completions of a router. The request differs by columns only (the routing terms
 * are `extra`, reasoning is an object); the reply also says who really answered and what it cost. */
#include "provider/chat.h"
#include <math.h>

/* With a key of one's own at the provider (BYOK), `cost` is only the router's fee. */
static int64_t read_cost(const cJSON *usage)
{
    double cost = wn_json_num(usage, "cost", NAN);
    double upstream = wn_json_num(wn_json_get(usage, "cost_details"), "upstream_inference_cost", 0);
    if (wn_json_bool(usage, "is_byok", false) && upstream > 0)
        cost += upstream;
    return wn_format_microusd(cost);
}

static void parse(const struct wn_call *c, const struct wn_response *r, struct wn_arena *a,
                  struct wn_reply *out)
{
    struct wn_arena scratch = WN_ARENA_INIT;
    const cJSON *tree = wn_format_tree(c, r, &scratch, out);
    if (tree != NULL && !wn_format_failed(c, r, tree, out)) {
        wn_chat_read(c, tree, a, out);
        out->upstream = wn_format_copy(tree, "provider", NULL, a);
        out->usage.cost_microusd = read_cost(wn_json_get(tree, "usage"));
    }
    wn_arena_free(&scratch);
}

const struct wn_format wn_openrouter_chat = { wn_chat_build, parse };
