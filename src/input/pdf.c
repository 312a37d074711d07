/* pdf.c: a PDF file is one item: the text of its pages, each behind a line "[page 3]".
 *
 * Poppler reads it, from memory. A document that is locked, broken or made of pictures is an item that
 * could not be read, and says so. */
#include "input/input.h"
#include <poppler.h>
#include <string.h>

enum { MOST_PDF = 256 << 20, MOST_PAGES = 5000 };

static bool read_all(struct wn_stream *in, struct wn_buf *out)
{
    while (wn_stream_more(in)) {
        wn_buf_add(out, (const char *)in->data + in->pos, in->len - in->pos);
        in->pos = in->len;
    }
    return !out->failed;
}

/* True if the page has any words. */
static bool add_page(PopplerDocument *doc, int i, struct wn_buf *out)
{
    PopplerPage *page = poppler_document_get_page(doc, i);
    char *text = page == NULL ? NULL : poppler_page_get_text(page);
    bool words = text != NULL && text[strspn(text, " \t\r\n\f")] != '\0';
    if (words) {
        wn_buf_printf(out, "%s[page %d]\n", out->len == 0 ? "" : "\n\n", i + 1);
        wn_charset_clean(out, text, strlen(text));
    }
    g_free(text);
    if (page != NULL)
        g_object_unref(page);
    return words;
}

static void fail(struct wn_part *p, struct wn_arena *a, const GError *fault, struct wn_item *out)
{
    if (g_error_matches(fault, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED))
        wn_item_fail(a, out, p->name, "the PDF is locked with a password",
                     "Open it in a viewer and print it to a new PDF.");
    else
        wn_item_fail(a, out, p->name, "the PDF is damaged",
                     "Open it in a viewer and print it to a new PDF.");
}

static void read_pages(struct wn_part *p, struct wn_arena *a, PopplerDocument *doc,
                       struct wn_item *out)
{
    struct wn_buf text = WN_BUF_INIT(WN_ROW_MAX);
    int pages = poppler_document_get_n_pages(doc), read = 0, words = 0;
    for (; read < pages && read < MOST_PAGES && text.len < p->max_item_bytes && !text.failed;
         read++)
        words += add_page(doc, read, &text);
    wn_item_text(p, a, NULL, text.data, text.len, out);
    out->truncated |= read < pages;
    if (words == 0)
        wn_item_fail(
            a, out, p->name, "no text in the PDF",
            "Its pages are pictures; run it through text recognition first (ocrmypdf does).");
    wn_buf_free(&text);
}

void wn_pdf_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out)
{
    struct wn_buf all = WN_BUF_INIT(MOST_PDF);
    GError *fault = NULL;
    PopplerDocument *doc = NULL;
    GBytes *bytes = NULL;
    if (!wn_stream_more(&p->in))
        return;
    out->id = out->source = wn_arena_str(a, p->name);
    if (!read_all(&p->in, &all)) {
        wn_item_fail(a, out, p->name, "the PDF is larger than 256 MB",
                     "Split it, or turn it into text first (pdftotext FILE).");
        goto done;
    }
    bytes = g_bytes_new_static(all.data, all.len);
    doc = poppler_document_new_from_bytes(bytes, NULL, &fault);
    if (doc == NULL)
        fail(p, a, fault, out);
    else
        read_pages(p, a, doc, out);
done:
    if (doc != NULL)
        g_object_unref(doc);
    if (bytes != NULL)
        g_bytes_unref(bytes);
    g_clear_error(&fault);
    wn_buf_free(&all);
}
