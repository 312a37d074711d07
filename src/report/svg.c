/* svg.c: see svg.h. */
#include "report/svg.h"
#include <math.h>

/* The drawing's size and the plot in it. */
enum { WIDTH = 440, HEIGHT = 330, LEFT = 66, RIGHT = 416, TOP = 14, BOTTOM = 284 };

struct axis {
    double lo, hi;
};

static double x_at(double v)
{
    return LEFT + v * (RIGHT - LEFT);
}

static double y_at(const struct axis *y, double v)
{
    return BOTTOM - (v - y->lo) / (y->hi - y->lo) * (BOTTOM - TOP);
}

static void begin(struct wn_buf *out, const char *title, const char *about)
{
    wn_buf_printf(out,
                  "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\"><title>%s</title>\n",
                  WIDTH, HEIGHT, title, about);
}

static void frame(struct wn_buf *out, const struct axis *y, const char *below, const char *beside)
{
    for (int i = 0; i <= 5; i++) {
        double v = i / 5.0, at = y->lo + v * (y->hi - y->lo);
        wn_buf_printf(out,
                      "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>"
                      "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.0f %%</text>"
                      "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f %%</text>\n",
                      LEFT, y_at(y, at), RIGHT, y_at(y, at), LEFT - 8, y_at(y, at) + 4, 100 * at,
                      x_at(v), BOTTOM + 18, 100 * v);
    }
    wn_buf_printf(out,
                  "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>"
                  "<text transform=\"translate(12 %d) rotate(-90)\" text-anchor=\"middle\">%s"
                  "</text>\n",
                  (LEFT + RIGHT) / 2, HEIGHT - 8, below, (TOP + BOTTOM) / 2, beside);
}

void wn_svg_reliability(const struct wn_eval_report *r, struct wn_buf *out)
{
    const struct axis y = { 0, 1 };
    begin(out, "Reliability",
          "The share of right labels against the stated probability, by tenths");
    frame(out, &y, "stated probability", "share that was right");
    wn_buf_printf(out, "<line class=\"ideal\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", LEFT,
                  BOTTOM, RIGHT, TOP);
    for (size_t c = 0; c < r->ncandidates; c++)
        for (int b = 0; b < WN_EVAL_BINS; b++) {
            const struct wn_eval_bin *bin = &r->candidates[c].bins[b];
            if (bin->n == 0)
                continue;
            wn_buf_printf(out,
                          "<circle class=\"s%zu\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>%zu "
                          "items: stated %.1f %%, right %.1f %%</title></circle>\n",
                          c, x_at(bin->p), y_at(&y, bin->right),
                          3 + 9 * sqrt((double)bin->n / (double)r->n), bin->n, 100 * bin->p,
                          100 * bin->right);
        }
    wn_buf_str(out, "</svg>\n");
}

/* The vertical axis begins at a tenth below all that is drawn. */
static struct axis accuracy_axis(const struct wn_eval_report *r)
{
    double least = 1 - r->target_error;
    for (size_t c = 0; c < r->ncandidates; c++)
        for (int i = 0; i < 10; i++)
            least = fmin(least, r->candidates[c].coverage[i]);
    return (struct axis){ fmax(0, floor(least * 10 - .5) / 10), 1 };
}

void wn_svg_coverage(const struct wn_eval_report *r, struct wn_buf *out)
{
    const struct axis y = accuracy_axis(r);
    double target = y_at(&y, 1 - r->target_error);
    begin(out, "Accuracy by coverage", "The accuracy of the surest 10 to 100 % of the items");
    frame(out, &y, "share of the items, the surest first", "share that was right");
    wn_buf_printf(out,
                  "<line class=\"ideal\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>"
                  "<text x=\"%d\" y=\"%.1f\">target %.4g %%</text>\n",
                  LEFT, target, RIGHT, target, LEFT + 6, target + 14, 100 * (1 - r->target_error));
    for (size_t c = 0; c < r->ncandidates; c++) {
        const double *v = r->candidates[c].coverage;
        wn_buf_printf(out, "<polyline class=\"s%zu\" points=\"", c);
        for (int i = 0; i < 10; i++)
            wn_buf_printf(out, "%s%.1f,%.1f", i == 0 ? "" : " ", x_at((i + 1) / 10.0),
                          y_at(&y, v[i]));
        wn_buf_str(out, "\"/>\n");
        for (int i = 0; i < 10; i++)
            wn_buf_printf(out,
                          "<circle class=\"s%zu\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"><title>the "
                          "surest %d %%: right %.1f %%</title></circle>\n",
                          c, x_at((i + 1) / 10.0), y_at(&y, v[i]), 10 * (i + 1), 100 * v[i]);
    }
    wn_buf_str(out, "</svg>\n");
}
