/* redact.h: what a task's `redact` names is replaced before an item leaves the machine, and put back into
 * what returns.
 *
 * Each different thing gets a placeholder of its own, [EMAIL_1], [EMAIL_2], the same wherever it stands in
 * the item, so that a model can still tell who is who; one that stands in the item already is never used.
 * What is put back is byte for byte what was taken out, so that evidence is checked against the item as
 * it came. It fails closed: where something of a kind is still found afterwards, there is no redacted
 * item, and the caller sends nothing.
 *
 * Texts are searched as they are seen: with spaces that do not break, dashes, full-width digits (view.c). Found
 * are: mail addresses; telephone numbers (by form.h, and what a field that is called so holds); card
 * numbers that begin as an issuer's do and whose check digit (Luhn) is right; IBANs of their country's
 * length whose check digits (mod 97) are right; links with a query, a fragment, a user or a long token; and
 * names that a field gives ("name", "contact", "from"), whole and by their words, as written there; the
 * fields of the item, and of others that are known (wn_known). Not
 * found is what a person would have to understand: a name in the text alone, "jane at acme dot com". */
#ifndef WN_TASK_REDACT_H
#define WN_TASK_REDACT_H
#include "task/answer.h"

enum wn_redact_kind {
    WN_REDACT_LINK, /* in this order where two begin at the same place: a link may hold an address */
    WN_REDACT_EMAIL,
    WN_REDACT_BANK,
    WN_REDACT_CARD,
    WN_REDACT_PHONE,
    WN_REDACT_NAME,
    WN_REDACT_KINDS
};
/* As task.json has them: "link", "email", ... */
extern const char *const wn_redact_names[WN_REDACT_KINDS];

struct wn_replaced {
    const char *placeholder, *original;
};
struct wn_redaction {
    struct wn_replaced *list; /* the later ones may hold placeholders of earlier ones */
    size_t n, cap;
};

/* Names and telephone numbers that the fields of other items give: somebody who is named as the sender of one
 * may be spoken of in another. */
struct wn_known;
struct wn_known *wn_known_new(void);
void wn_known_add(struct wn_known *k, const struct wn_field *fields, size_t n);
void wn_known_free(struct wn_known *k);

/* A copy of the item without what `kinds` (bits 1 << kind) names; known may be NULL. Everything lives in the
 * arena. */
enum wn_code wn_redact_item(unsigned kinds, const struct wn_item *item,
                            const struct wn_known *known, struct wn_arena *a,
                            struct wn_item *out, struct wn_redaction *r, struct wn_error *err);
/* A text with every placeholder put back; [email_1] and EMAIL_1 count as one, too. */
const char *wn_redact_restore(const struct wn_redaction *r, const char *text, struct wn_arena *a);
/* The same in JSON: what is put back is written as in one of its strings. */
const char *wn_redact_restore_json(const struct wn_redaction *r, const char *json,
                                   struct wn_arena *a);
/* The same in the texts and quotes of an answer. */
void wn_redact_restore_answer(const struct wn_redaction *r, struct wn_answer *answer,
                              struct wn_arena *a);
/* What a model is told about placeholders. */
extern const char wn_redact_notice[];

#endif
