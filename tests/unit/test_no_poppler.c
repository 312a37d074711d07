/* A machine without poppler: a PDF is an item that could not be read, and says what to install; all else is read. */
#include "test.h"
#include "items.h"
#include <dlfcn.h>

/* In place of the C library's: nothing can be opened here. */
void *dlopen(const char *name, int flags)
{
    (void)name;
    (void)flags;
    return NULL;
}

TEST(without_poppler_a_pdf_says_what_is_missing)
{
    static const char pdf[] = "%PDF-1.7\n";
    CHECK_STR(test_file("report.pdf", pdf, strlen(pdf), NULL),
              "report.pdf! PDF cannot be read here: poppler's library is missing\n");
    CHECK_STR(test_file("notes.md", "The offer holds.", 16, NULL), "notes.md: The offer holds.\n");
}
