/* texts.c: text questions without a model: by form, or not at all; see linear.h. */
#include "linear/linear.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Fields that mean a form whatever the question is called: what forms and exports name them. */
static const struct {
    enum wn_form form;
    const char *fields[8];
} meant[] = {
    { WN_FORM_EMAIL, { "email", "e-mail", "mail", "email_from", "from", "sender", "reply_to" } },
    { WN_FORM_PHONE, { "phone", "telephone", "tel", "mobile", "phone_number", "cell" } },
    { WN_FORM_COMPANY,
      { "company", "company_name", "organisation", "organization", "account", "partner_name",
        "firma" } },
    { WN_FORM_PERSON,
      { "name", "contact_name", "full_name", "contact", "person", "from", "sender" } },
    { WN_FORM_JOB_TITLE, { "job_title", "jobtitle", "position", "role", "function", "title" } },
};

/* "Job Title", "job-title" and "job_title" are one name. */
static bool same_name(const char *a, const char *b)
{
    for (; *a != '\0' && *b != '\0'; a++, b++) {
        char x = (char)tolower((unsigned char)*a), y = (char)tolower((unsigned char)*b);
        if ((x == ' ' || x == '-' ? '_' : x) != (y == ' ' || y == '-' ? '_' : y))
            return false;
    }
    return *a == *b;
}

static const char *trimmed(const char *v, struct wn_arena *a)
{
    size_t n = strlen(v);
    while (n > 0 && isspace((unsigned char)v[n - 1]))
        n--;
    for (; n > 0 && isspace((unsigned char)*v); n--)
        v++;
    return wn_arena_copy(a, v, n);
}

/* The name before <address>, without quotation marks. */
static const char *mailbox_name(const char *v, struct wn_arena *a)
{
    size_t n = strcspn(v, "<");
    if (v[n] == '\0' && strchr(v, '@') != NULL)
        return "";
    while (n > 0 && (v[n - 1] == '"' || isspace((unsigned char)v[n - 1])))
        n--;
    for (; n > 0 && (*v == '"' || isspace((unsigned char)*v)); n--)
        v++;
    return wn_arena_copy(a, v, n);
}

/* The part of a field's value that answers a question of this form, or NULL. */
static const char *from_field(enum wn_form form, const struct wn_field *f, struct wn_arena *a)
{
    struct wn_span at;
    const char *v = f->value;
    if (form == WN_FORM_PERSON) {
        v = mailbox_name(v, a);
        return v[0] != '\0' && strpbrk(v, "0123456789@") == NULL ? v : NULL;
    }
    v = trimmed(v, a);
    if (form == WN_FORM_NONE || form == WN_FORM_COMPANY || form == WN_FORM_JOB_TITLE ||
        form == WN_FORM_NUMBER || form == WN_FORM_PHONE)
        return v[0] != '\0' && (form != WN_FORM_PHONE || strpbrk(v, "0123456789") != NULL) ? v
                                                                                           : NULL;
    if (wn_form_find(form, v, strlen(v), 0, &at))
        return wn_arena_copy(a, v + at.start, at.end - at.start);
    /* "4500" in a field called budget is money; in a text it might be anything */
    return form == WN_FORM_MONEY && strpbrk(v, "0123456789") != NULL ? v : NULL;
}

static const char *by_field(const struct wn_question *q, const struct wn_item *item,
                            bool exact_only, struct wn_arena *a)
{
    const char *v;
    for (size_t i = 0; i < item->nfields; i++)
        if (same_name(item->fields[i].name, q->name) &&
            (v = from_field(q->form, &item->fields[i], a)) != NULL)
            return v;
    for (size_t m = 0; !exact_only && m < WN_COUNT(meant); m++)
        for (size_t k = 0; meant[m].form == q->form && k < WN_COUNT(meant[m].fields); k++)
            for (size_t i = 0; meant[m].fields[k] != NULL && i < item->nfields; i++)
                if (same_name(item->fields[i].name, meant[m].fields[k]) &&
                    (v = from_field(q->form, &item->fields[i], a)) != NULL)
                    return v;
    return NULL;
}

/* Behind the task's words for it first. Names may also be found by rule; an amount or a date that no
 * such word announces may be any other amount or date. */
static bool in_text(const struct wn_question *q, const char *text, size_t len, struct wn_span *at)
{
    if (wn_form_find_near(q->form, text, len, q->near, q->nnear, at))
        return true;
    if (q->letterhead && wn_form_letterhead(text, len, at))
        return true;
    return (q->nnear == 0 || q->form == WN_FORM_COMPANY || q->form == WN_FORM_PERSON) &&
           wn_form_find(q->form, text, len, 0, at);
}

static const char *by_form(const struct wn_question *q, const struct wn_item *item,
                           struct wn_arena *a)
{
    struct wn_span at;
    if (q->form == WN_FORM_NONE || !in_text(q, item->text, item->text_len, &at))
        return NULL;
    return wn_arena_copy(a, item->text + at.start, at.end - at.start);
}

/* What says who writes: there a field is surer than the text, which may name others. */
static bool is_about_writer(enum wn_form form)
{
    return form == WN_FORM_PERSON || form == WN_FORM_COMPANY || form == WN_FORM_JOB_TITLE ||
           form == WN_FORM_EMAIL || form == WN_FORM_PHONE;
}

void wn_linear_texts(const struct wn_task *t, const struct wn_item *item, struct wn_arena *a,
                     struct wn_answer *out)
{
    for (size_t i = 0; i < t->nquestions; i++) {
        const struct wn_question *q = &t->questions[i];
        const char *v = NULL;
        if (q->type != WN_TEXT)
            continue;
        if (is_about_writer(q->form))
            v = by_field(q, item, false, a);
        if (v == NULL)
            v = by_form(q, item, a);
        if (v == NULL)
            v = by_field(q, item, true, a);
        out->values[i] =
            (struct wn_value){ .answered = true, .null = v == NULL, .text = v, .quote = v };
    }
}
