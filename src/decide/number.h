/* number.h: the numbers of a normalised text, in digits and in English words, with every reading that
 * their punctuation allows. confidence.md section 11. Private to decide/. */
#ifndef WN_DECIDE_NUMBER_H
#define WN_DECIDE_NUMBER_H
#include <stdbool.h>
#include <stddef.h>

struct wn_number {
    size_t start, end;
    bool time;       /* has a ':': no value of its own, but parts */
    double value[2]; /* "1.500" is 1500 and 1.5 */
    int nvalues;
};
struct wn_number_scan {
    const char *text;
    size_t len, pos, split_end; /* up to split_end every run of digits is a number for itself */
};
bool wn_number_next(struct wn_number_scan *s, struct wn_number *out);
/* The next part of the time in text[*pos..end). */
bool wn_number_part(const char *text, size_t end, size_t *pos, double *value);
/* Equal when written with four decimals. */
bool wn_number_same(double a, double b);
/* zero ... nineteen, twenty ... ninety, hundred, thousand, million */
bool wn_number_word(const char *word, size_t len);

#endif
