/* language.h: what the check of sentences must know of a language: which words begin a sentence and are no names,
 * which say that a number is rounded, numbers and days in words. Words are lower-case, their letters without marks
 * (wn_utf8_plain), each between spaces. Pure. */
#ifndef WN_DECIDE_LANGUAGE_H
#define WN_DECIDE_LANGUAGE_H
#include <stdbool.h>
#include <stddef.h>

struct wn_language {
    const char *id;
    const char *called;                /* as people may name it: " german deutsch " */
    const char *small;                 /* by which it is known */
    const char *openers;               /* begin a sentence with a capital, and are no names */
    const char *titles;                /* before a name */
    const char *about, *below, *above; /* before a number that is rounded */
    const char *
        articles; /* where every noun has a capital: what stands before a noun and not before a name; else NULL */
    const char *months; /* that mean something else in other languages */
    const char *
        numbers; /* " 2 zwei 3 drei ": each behind its value; a '?' behind a word that may be another */
    const char *and_word; /* between ones and tens: "und", "et"; NULL = none */
    bool ones_first;      /* "fuenfundzwanzig" */
};

/* The language with this id or name ("de", "German"), or NULL. */
const struct wn_language *wn_language_find(const char *name);
/* The language of a text by its small words, or NULL where they do not tell. */
const struct wn_language *wn_language_of(const char *text, size_t len);
/* The same for a text that may be one sentence: by more words, and sooner. */
const struct wn_language *wn_language_guess(const char *text, size_t len);
/* Is the word, in lower-case letters without marks, one of such a list? */
bool wn_language_has(const char *list, const char *word, size_t len);
/* What a word of `numbers` says, 0..99, or -1. *doubtful: it may be another word. */
int wn_language_number(const struct wn_language *l, const char *word, size_t len, bool *doubtful);

#endif
