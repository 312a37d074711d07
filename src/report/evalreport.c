/* evalreport.c: an evaluation as text: aligned tables, JSON, Markdown, one HTML page. */
#include "report/evalreport.h"
#include "report/sheet.h"
#include "report/svg.h"
#include <math.h>
#include <string.h>

enum { MOST_BYTES = 16 << 20 };

/* ---- figures as words ---- */

static const char *percent(struct wn_arena *a, double share)
{
    return isnan(share) ? "-" : wn_arena_printf(a, "%.1f %%", 100 * share);
}

static const char *decimal(struct wn_arena *a, double v)
{
    return isnan(v) ? "-" : wn_arena_printf(a, "%.3f", v);
}

static const char *count(struct wn_arena *a, size_t n)
{
    return wn_arena_printf(a, "%zu", n);
}

static const char *part(struct wn_arena *a, size_t n, size_t of)
{
    return of == 0 ? "-" : wn_arena_printf(a, "%.1f %%", 100 * (double)n / (double)of);
}

static const char *cost(struct wn_arena *a, const struct wn_eval_candidate *c)
{
    if (c->cost_unknown)
        return "unknown";
    return wn_arena_printf(a, "$%.4f", (double)c->cost_microusd / 1000 / (double)c->n);
}

static const char *latency(struct wn_arena *a, const struct wn_eval_candidate *c, double ms)
{
    if (isnan(ms))
        return c->local ? "none asked" : "from the cache";
    return wn_arena_printf(a, "%.0f ms", ms);
}

/* What would be accepted alone, as a sentence. */
static const char *automation(struct wn_arena *a, const struct wn_eval_report *r,
                              const struct wn_eval_candidate *c)
{
    const struct wn_eval_automation *m = &c->automation;
    if (m->needed > 0)
        return wn_arena_printf(a,
                               "%s: too few gold items to choose a threshold for %.4g %% errors; "
                               "about %zu could do.",
                               c->name, 100 * r->target_error, m->needed);
    if (!m->chosen)
        return wn_arena_printf(a,
                               "%s: no threshold keeps to %.4g %% errors with 95%% confidence on "
                               "the %zu gold items it was looked for on.",
                               c->name, 100 * r->target_error, m->chosen_on);
    return wn_arena_printf(a,
                           "%s: would accept %.1f %% of the items alone (score %.3f or more); %zu "
                           "of these %zu were wrong.",
                           c->name, 100 * (double)m->accepted / (double)m->measured_on,
                           m->threshold, m->wrong, m->accepted);
}

static const char automation_note[] =
    "The threshold was chosen on one half of the gold items, what it does was measured on the "
    "other. "
    "That is measured on this file, and no proof for your own items: reviews give that.";

/* ---- sheets ---- */

static const char *const *head(struct wn_arena *a, const struct wn_eval_report *r,
                               const char *first, size_t *n)
{
    const char **list = wn_arena_array(a, 1 + WN_EVAL_CANDIDATES, sizeof(*list));
    list[0] = first;
    for (size_t c = 0; c < r->ncandidates; c++)
        list[1 + c] = r->candidates[c].name;
    *n = 1 + r->ncandidates;
    return list;
}

enum figure {
    ACCURACY,
    INTERVAL,
    MACRO_F1,
    ECE,
    BRIER,
    AUROC,
    AUTO,
    AUTO_WRONG,
    REVIEW,
    FAILED,
    ACCEPTED,
    COST,
    P50,
    P95,
    FIGURES
};
static const char *const figure_names[FIGURES] = {
    "accuracy",
    "95% interval",
    "macro-F1",
    "ECE (0 is best)",
    "Brier (0 is best)",
    "AUROC, right against wrong",
    "accepted alone today",
    "wrong of these",
    "to a person",
    "failed",
    "acceptable at the target error",
    "cost of 1,000 items",
    "latency, median",
    "latency, 95 of 100",
};

static const char *figure(struct wn_arena *a, const struct wn_eval_candidate *c, enum figure f)
{
    const struct wn_eval_automation *m = &c->automation;
    switch (f) {
    case ACCURACY:
        return percent(a, c->accuracy);
    case INTERVAL:
        return wn_arena_printf(a, "%.1f to %.1f", 100 * c->lo, 100 * c->hi);
    case MACRO_F1:
        return decimal(a, c->macro_f1);
    case ECE:
        return decimal(a, c->ece);
    case BRIER:
        return decimal(a, c->brier);
    case AUROC:
        return decimal(a, c->auroc);
    case AUTO:
        return part(a, c->routed[WN_AUTO], c->n);
    case AUTO_WRONG:
        return part(a, c->auto_wrong, c->routed[WN_AUTO]);
    case REVIEW:
        return part(a, c->routed[WN_REVIEW], c->n);
    case FAILED:
        return part(a, c->routed[WN_FAILED], c->n);
    case ACCEPTED:
        return m->chosen ? part(a, m->accepted, m->measured_on) : m->needed > 0 ? "-" : "none";
    case COST:
        return cost(a, c);
    case P50:
        return latency(a, c, c->latency_p50);
    case P95:
        return latency(a, c, c->latency_p95);
    case FIGURES:
        break;
    }
    return "-";
}

static struct wn_sheet *figures(const struct wn_eval_report *r, struct wn_arena *a)
{
    size_t n;
    const char *const *names = head(a, r, "", &n);
    struct wn_sheet *s = wn_sheet_new(a, "Figures", names, n);
    for (int f = 0; f < FIGURES; f++) {
        const char *cells[1 + WN_EVAL_CANDIDATES] = { figure_names[f] };
        for (size_t c = 0; c < r->ncandidates; c++)
            cells[1 + c] = figure(a, &r->candidates[c], (enum figure)f);
        wn_sheet_row(s, cells);
    }
    return s;
}

static struct wn_sheet *coverage(const struct wn_eval_report *r, struct wn_arena *a)
{
    size_t n;
    const char *const *names = head(a, r, "the surest", &n);
    struct wn_sheet *s = wn_sheet_new(a, "Accuracy of the surest", names, n);
    for (int i = 0; i < 10; i++) {
        const char *cells[1 + WN_EVAL_CANDIDATES] = { wn_arena_printf(a, "%d %%", 10 * (i + 1)) };
        for (size_t c = 0; c < r->ncandidates; c++)
            cells[1 + c] = percent(a, r->candidates[c].coverage[i]);
        wn_sheet_row(s, cells);
    }
    return s;
}

static struct wn_sheet *questions(const struct wn_eval_report *r, struct wn_arena *a)
{
    size_t n;
    const char *const *names = head(a, r, "question", &n);
    struct wn_sheet *s = wn_sheet_new(a, "Right answers, by question", names, n);
    for (size_t q = 0; q < r->candidates[0].nquestions; q++) {
        const struct wn_eval_question *first = &r->candidates[0].questions[q];
        const char *cells[1 + WN_EVAL_CANDIDATES] = { first->name };
        if (first->n == 0)
            continue;
        for (size_t c = 0; c < r->ncandidates; c++) {
            const struct wn_eval_candidate *k = &r->candidates[c];
            const struct wn_eval_question *found = NULL;
            for (size_t i = 0; i < k->nquestions; i++)
                if (strcmp(k->questions[i].name, first->name) == 0)
                    found = &k->questions[i];
            cells[1 + c] =
                found == NULL ? "-" : wn_arena_printf(a, "%zu of %zu", found->right, found->n);
        }
        wn_sheet_row(s, cells);
    }
    return s;
}

static struct wn_sheet *labels(const struct wn_eval_report *r, const struct wn_eval_candidate *c,
                               struct wn_arena *a)
{
    static const char *const names[] = { "label", "n", "precision", "recall", "F1" };
    struct wn_sheet *s = wn_sheet_new(
        a, r->ncandidates == 1 ? "Labels" : wn_arena_printf(a, "Labels, by %s", c->name), names, 5);
    for (size_t i = 0; i < c->nlabels; i++) {
        const struct wn_eval_label *l = &c->labels[i];
        const char *cells[] = { l->id, count(a, l->n), percent(a, l->precision),
                                percent(a, l->recall), percent(a, l->f1) };
        if (l->n + l->said > 0)
            wn_sheet_row(s, cells);
    }
    return s;
}

static struct wn_sheet *mixed(const struct wn_eval_report *r, const struct wn_eval_candidate *c,
                              struct wn_arena *a)
{
    static const char *const names[] = { "right was", "said was", "items" };
    struct wn_sheet *s = wn_sheet_new(
        a,
        r->ncandidates == 1 ? "Most mixed up" : wn_arena_printf(a, "Most mixed up by %s", c->name),
        names, 3);
    for (size_t i = 0; i < c->nconfusions; i++) {
        const struct wn_eval_confusion *m = &c->confusions[i];
        const char *cells[] = { m->truth, m->said == NULL ? "no answer" : m->said, count(a, m->n) };
        wn_sheet_row(s, cells);
    }
    return s;
}

/* ---- the parts in order, in any form ---- */

typedef void write_sheet(const struct wn_sheet *s, struct wn_buf *out);

static void write_sheets(const struct wn_eval_report *r, struct wn_arena *a, write_sheet *write,
                         struct wn_buf *out)
{
    struct wn_sheet *s;
    write(figures(r, a), out);
    write(coverage(r, a), out);
    if ((s = questions(r, a))->nrows > 1)
        write(s, out);
    for (size_t c = 0; c < r->ncandidates; c++) {
        write(labels(r, &r->candidates[c], a), out);
        if ((s = mixed(r, &r->candidates[c], a))->nrows > 0)
            write(s, out);
    }
}

static const char *headline(const struct wn_eval_report *r, struct wn_arena *a)
{
    return wn_arena_printf(a, "%s: '%s' of %zu gold item%s, target error %.4g %%", r->task,
                           r->question, r->n, r->n == 1 ? "" : "s", 100 * r->target_error);
}

/* The sentences of the report, one after the other; NULL ends them. */
static const char *const *sentences(const struct wn_eval_report *r, struct wn_arena *a)
{
    const char **list = wn_arena_array(a, WN_EVAL_CANDIDATES + r->nnotes + 3, sizeof(*list));
    size_t n = 0;
    bool chosen = false;
    if (r->verdict != NULL)
        list[n++] = r->verdict;
    for (size_t c = 0; c < r->ncandidates; c++) {
        list[n++] = automation(a, r, &r->candidates[c]);
        chosen = chosen || r->candidates[c].automation.chosen;
    }
    if (chosen)
        list[n++] = automation_note;
    for (size_t i = 0; i < r->nnotes; i++)
        list[n++] = r->notes[i];
    return list;
}

static void write_table(const struct wn_eval_report *r, struct wn_arena *a, struct wn_buf *out)
{
    wn_buf_printf(out, "%s\n", headline(r, a));
    for (const char *const *s = sentences(r, a); *s != NULL; s++)
        wn_buf_printf(out, "%s\n", *s);
    write_sheets(r, a, wn_sheet_text, out);
}

static void write_markdown(const struct wn_eval_report *r, struct wn_arena *a, struct wn_buf *out)
{
    wn_buf_printf(out, "## %s\n\n", headline(r, a));
    for (const char *const *s = sentences(r, a); *s != NULL; s++)
        wn_buf_printf(out, "- %s\n", *s);
    write_sheets(r, a, wn_sheet_markdown, out);
}

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1c1c1a;--paper:#fdfdfb;--soft:#66665f;--line:#dcdcd4;"
    "--a:#1f66c0;--b:#c2540a}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#ecece6;--paper:#181817;--soft:#a3a399;"
    "--line:#3a3a36;--a:#7db4f5;--b:#f2a160}}\n"
    "body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:2rem "
    "auto;max-width:60rem;padding:0 1rem}\n"
    "h1{font-size:1.4rem}h2{font-size:1.05rem;margin:2rem 0 .5rem}\n"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.25rem .9rem .25rem 0;border-bottom:1px solid "
    "var(--line);text-align:right;font-weight:400}\n"
    "th:first-child{text-align:left}thead th{color:var(--soft)}\n"
    ".wide{overflow-x:auto}.pictures{display:flex;flex-wrap:wrap;gap:1.5rem}\n"
    "figure{margin:0;flex:1 1 22rem;min-width:0}figcaption{color:var(--soft);font-size:.9rem}\n"
    "svg{width:100%;height:auto}svg text{fill:var(--soft);font-size:12px}\n"
    ".grid{stroke:var(--line)}.ideal{stroke:var(--soft);stroke-dasharray:4 4}\n"
    "circle.s0{fill:var(--a);fill-opacity:.75}circle.s1{fill:var(--b);fill-opacity:.75}\n"
    "polyline{fill:none;stroke-width:2}polyline.s0{stroke:var(--a)}polyline.s1{stroke:var(--b);"
    "stroke-dasharray:7 3}\n"
    ".key{margin:.2rem 0}.key span{display:inline-block;width:.8em;height:.8em;border-radius:50%;"
    "margin-right:.5em}.key .s0{background:var(--a)}.key .s1{background:var(--b)}\n";

static void pictures(const struct wn_eval_report *r, struct wn_buf *out)
{
    for (size_t c = 0; r->ncandidates > 1 && c < r->ncandidates; c++) {
        wn_buf_printf(out, "<p class=\"key\"><span class=\"s%zu\"></span>", c);
        wn_html_escape(out, r->candidates[c].name);
        wn_buf_str(out, "</p>\n");
    }
    wn_buf_str(out, "<div class=\"pictures\">\n<figure>\n");
    wn_svg_reliability(r, out);
    wn_buf_str(out, "<figcaption>Does a probability mean what it says? On the dashed line it does; "
                    "the larger a point, the more items.</figcaption>\n</figure>\n<figure>\n");
    wn_svg_coverage(r, out);
    wn_buf_str(out, "<figcaption>How right are the surest? To the left only they count, to the "
                    "right all items.</figcaption>\n</figure>\n</div>\n");
}

static void write_html(const struct wn_eval_report *r, struct wn_arena *a, struct wn_buf *out)
{
    wn_buf_str(out, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                    "<title>");
    wn_html_escape(out, r->task);
    wn_buf_printf(out, ", measured</title>\n<style>\n%s</style>\n<h1>", style);
    wn_html_escape(out, headline(r, a));
    wn_buf_str(out, "</h1>\n");
    for (const char *const *s = sentences(r, a); *s != NULL; s++) {
        wn_buf_str(out, "<p>");
        wn_html_escape(out, *s);
        wn_buf_str(out, "</p>\n");
    }
    pictures(r, out);
    write_sheets(r, a, wn_sheet_html, out);
    wn_buf_str(out, "</html>\n");
}

/* ---- any of them ---- */

enum wn_code wn_eval_text(const struct wn_eval_report *r, const char *form, char **out,
                          struct wn_error *err)
{
    static const struct {
        const char *name;
        void (*write)(const struct wn_eval_report *r, struct wn_arena *a, struct wn_buf *out);
    } forms[] = { { "table", write_table },
                  { "json", wn_eval_json },
                  { "md", write_markdown },
                  { "html", write_html } };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_buf b = WN_BUF_INIT(MOST_BYTES);
    enum wn_code rc = wn_error_set(err, WN_E_USAGE, "there is no format '%s'", form);
    wn_error_hint(err, "table, json, md or html");
    for (size_t i = 0; i < WN_COUNT(forms); i++)
        if (strcmp(forms[i].name, form) == 0) {
            forms[i].write(r, &a, &b);
            rc = wn_buf_take(&b, out, err);
        }
    wn_buf_free(&b);
    wn_arena_free(&a);
    return rc;
}
