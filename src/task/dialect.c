/* dialect.c: the columns of the providers' schema tables that differ for us.
 *
 * The schema is written in the subset that all take, and every bound is also said in a
 * description and checked when the answer comes. What a dialect can enforce by itself is added:
 * above all maxItems where a grammar drives a small model, which else may repeat one tag until
 * its tokens run out. A keyword that a provider does not know is a 400 for the whole request, so
 * in doubt a column says no. */
#include "dialect.h"

static const struct {
    bool range; /* minimum, maximum */
    bool items; /* minItems, maxItems */
} can[] = {
    [WN_DIALECT_OPENAI] = { true, true },
    [WN_DIALECT_ANTHROPIC] = { false, false },
    [WN_DIALECT_GEMINI] = { true, true },
    [WN_DIALECT_GRAMMAR] = { false,
                             true }, /* llama.cpp knows ranges; of the others it is not known */
};

void wn_dialect_range(enum wn_dialect d, int least, int most, struct wn_buf *out)
{
    if (can[d].range)
        wn_buf_printf(out, ",\"minimum\":%d,\"maximum\":%d", least, most);
}

void wn_dialect_items(enum wn_dialect d, size_t least, size_t most, struct wn_buf *out)
{
    if (can[d].items)
        wn_buf_printf(out, ",\"minItems\":%zu,\"maxItems\":%zu", least, most);
}
