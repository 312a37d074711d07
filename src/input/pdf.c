/* pdf.c: a PDF file is one item: the text of its pages, each behind a line "[page 3]".
 *
 * Poppler reads it, from memory. A document that is locked, broken or made of pictures is an item that
 * could not be read, and says so. The library is opened when the first PDF comes: it brings forty others
 * along, and most runs meet no PDF. */
#include "input/input.h"
#include <dlfcn.h>
#include <poppler.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { MOST_PDF = 256 << 20, MOST_PAGES = 5000 };

/* What we use of it. */
static struct {
    void *library;
    PopplerDocument *(*open)(GBytes *bytes, const char *password, GError **fault);
    int (*npages)(PopplerDocument *doc);
    PopplerPage *(*page)(PopplerDocument *doc, int i);
    char *(*text)(PopplerPage *page);
    GQuark (*error)(void);
} poppler;

static void *find(const char *name)
{
    void *p = poppler.library == NULL ? NULL : dlsym(poppler.library, name);
    if (p == NULL)
        poppler.library = NULL;
    return p;
}

static void open_library(void)
{
    static const char *const names[] = { "libpoppler-glib.so.8", "libpoppler-glib.8.dylib",
                                         "libpoppler-glib.so", "libpoppler-glib.dylib" };
    char path[512];
    for (size_t i = 0; poppler.library == NULL && i < WN_COUNT(names); i++) {
        snprintf(path, sizeof(path), "%s/%s", WN_POPPLER_DIR, names[i]);
        poppler.library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (poppler.library == NULL)
            poppler.library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    }
    poppler.open = (PopplerDocument * (*)(GBytes *, const char *, GError **))
        find("poppler_document_new_from_bytes");
    poppler.npages = (int (*)(PopplerDocument *))find("poppler_document_get_n_pages");
    poppler.page = (PopplerPage * (*)(PopplerDocument *, int)) find("poppler_document_get_page");
    poppler.text = (char *(*)(PopplerPage *))find("poppler_page_get_text");
    poppler.error = (GQuark(*)(void))find("poppler_error_quark");
}

static bool has_library(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_library);
    return poppler.library != NULL;
}

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
    PopplerPage *page = poppler.page(doc, i);
    char *text = page == NULL ? NULL : poppler.text(page);
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
    if (g_error_matches(fault, poppler.error(), POPPLER_ERROR_ENCRYPTED))
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
    int pages = poppler.npages(doc), read = 0, words = 0;
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
    if (!has_library()) {
        wn_item_fail(a, out, p->name, "PDF cannot be read here: poppler's library is missing",
                     "Install libpoppler-glib8 (poppler with Homebrew), or turn the file into text "
                     "first (pdftotext FILE).");
        while (wn_stream_more(&p->in)) /* it is not met again */
            p->in.pos = p->in.len;
        goto done;
    }
    if (!read_all(&p->in, &all)) {
        wn_item_fail(a, out, p->name, "the PDF is larger than 256 MB",
                     "Split it, or turn it into text first (pdftotext FILE).");
        goto done;
    }
    bytes = g_bytes_new_static(all.data, all.len);
    doc = poppler.open(bytes, NULL, &fault);
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
