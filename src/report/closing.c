/* closing.c: see closing.h. Shares are rounded down, and what is not known is "-". */
#include "report/closing.h"
#include <math.h>
#include <stdio.h>

static const char *share(double p, char out[16])
{
    if (isnan(p))
        snprintf(out, 16, "-");
    else
        snprintf(out, 16, "%.1f%%", floor(1000 * p + 1e-6) / 10);
    return out;
}

static void write_facts(const struct wn_closing *c, struct wn_buf *b)
{
    char text[16];
    wn_buf_printf(b, "proof      %s\n", c->proof == NULL ? "none in force" : c->proof);
    wn_buf_printf(b, "state      %s: %s\n", c->state, c->why);
    wn_buf_printf(b, "decisions  %lld: %lld automatic, %lld to a person\n", (long long)c->total,
                  (long long)c->automatic, (long long)(c->total - c->automatic));
    if (!isnan(c->accuracy)) {
        wn_buf_printf(b, "accuracy   about %s of all labels were right", share(c->accuracy, text));
        wn_buf_printf(b, " (estimated from %lld reviews", (long long)c->judged);
        if (c->spread > 0) /* no error seen is no proof that there is none */
            wn_buf_printf(b, ", give or take %.1f points", ceil(2000 * c->spread - 1e-6) / 10);
        if (c->waiting > 0)
            wn_buf_printf(b, "; not judged in time: %lld that went to a person",
                          (long long)c->waiting);
        wn_buf_str(b, ")\n");
    }
    if (c->twice > 0) {
        wn_buf_printf(b, "people     agree in %lld of %lld that two looked at",
                      (long long)c->agreed, (long long)c->twice);
        if (!isnan(c->kappa))
            wn_buf_printf(b, " (kappa %.2f)", c->kappa);
        wn_buf_str(b, c->below ? ": the target is below what people agree on\n" : "\n");
    }
    wn_buf_printf(b, "cost       $%.2f\n", (double)c->cost_microusd / 1e6);
}

static void write_reasons(const struct wn_closing *c, struct wn_buf *b)
{
    if (c->nreasons > 0)
        wn_buf_str(b, "\nwhy items went to a person\n");
    for (size_t i = 0; i < c->nreasons; i++)
        wn_buf_printf(b, "%8lld  %s: %s\n", (long long)c->reasons[i].n, c->reasons[i].name,
                      c->reasons[i].sentence);
}

static void write_labels(const struct wn_closing *c, struct wn_buf *b)
{
    char text[16];
    if (c->nlabels == 0)
        return;
    wn_buf_printf(b, "\n%-24s %8s %10s %10s %8s %12s\n", "label", "said", "automatic", "checked",
                  "wrong", "truly, about");
    for (size_t i = 0; i < c->nlabels; i++) {
        const struct wn_closing_label *l = &c->labels[i];
        wn_buf_printf(b, "%-24s %8lld %10lld %10lld %8lld %12s\n", l->id, (long long)l->said,
                      (long long)l->automatic, (long long)l->reviewed, (long long)l->wrong,
                      share(l->share, text));
    }
    if (c->erased > 0)
        wn_buf_printf(b, "(%lld more: their texts were too old to be kept)\n",
                      (long long)c->erased);
}

void wn_closing_write(const struct wn_closing *c, struct wn_buf *b)
{
    wn_buf_printf(b, "%s\n\n", c->headline);
    write_facts(c, b);
    write_reasons(c, b);
    write_labels(c, b);
}
