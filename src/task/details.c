/* details.c: numbers with check digits, and links that tell. */
#include "task/details.h"
#include "base/form_rules.h"
#include <string.h>

enum { LONG_TOKEN = 20 };

static char upper(char c)
{
    return wn_form_alpha(c) ? (char)(c & ~0x20) : c;
}

/* ---- numbers with check digits ---- */

static bool luhn(const char *digits, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int d = digits[n - 1 - i] - '0';
        sum += i % 2 == 0 ? d : d > 4 ? 2 * d - 9 : 2 * d;
    }
    return n > 0 && sum % 10 == 0;
}

/* Do card numbers of n digits begin so? Visa, Mastercard, American Express, Diners, Discover, JCB,
 * UnionPay, Maestro. */
static bool issuer(const char *digits, size_t n)
{
    static const struct {
        int from, to; /* of the first four digits */
        size_t least, most;
    } row[] = {
        { 4000, 4999, 13, 19 }, { 5100, 5599, 16, 16 }, { 2221, 2720, 16, 16 },
        { 3400, 3499, 15, 15 }, { 3700, 3799, 15, 15 }, { 3000, 3059, 14, 14 },
        { 3600, 3699, 14, 14 }, { 3800, 3999, 14, 14 }, { 6011, 6011, 16, 19 },
        { 6440, 6599, 16, 19 }, { 3528, 3589, 16, 19 }, { 6200, 6299, 16, 19 },
        { 5000, 5099, 13, 19 }, { 5600, 5899, 13, 19 }, { 6300, 6399, 13, 19 },
        { 6700, 6799, 13, 19 },
    };
    int first = 0;
    for (size_t i = 0; i < 4; i++)
        first = first * 10 + digits[i] - '0';
    for (size_t i = 0; i < WN_COUNT(row); i++)
        if (first >= row[i].from && first <= row[i].to && n >= row[i].least && n <= row[i].most)
            return true;
    return false;
}

/* Past what may part the digits of a number, at most two signs, where another digit or letter follows; else
 * where it is. */
static size_t past_signs(const char *s, size_t n, size_t at)
{
    size_t end = at;
    while (end < n && end < at + 2 && s[end] != '\0' && strchr(" -./", s[end]) != NULL)
        end++;
    return end > at && end < n && (wn_form_digit(s[end]) || wn_form_alpha(s[end])) ? end : at;
}

size_t wn_detail_card(const char *s, size_t n, size_t at)
{
    char digits[20];
    size_t count = 0, end = at, after;
    if (!wn_form_digit(s[at]) || wn_form_word_before(s, at) ||
        (at > 0 && strchr("+.-", s[at - 1]) != NULL))
        return 0;
    while (end < n && count < sizeof(digits)) {
        if (wn_form_digit(s[end]))
            digits[count++] = s[end++];
        else if ((after = past_signs(s, n, end)) > end && wn_form_digit(s[after]))
            end = after;
        else
            break;
    }
    if (count < 13 || count > 19 || wn_form_word_at(s, n, end))
        return 0;
    return issuer(digits, count) && luhn(digits, count) ? end : 0;
}

static size_t iban_length(const char *country)
{
    static const char lengths[] =
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18"
        "FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20"
        "LU20LV21LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SE24"
        "SI19SK24SM27ST25SV28TL23TN24TR26UA29VA22VG24XK20";
    for (const char *p = lengths; *p != '\0'; p += 4)
        if (p[0] == country[0] && p[1] == country[1])
            return (size_t)((p[2] - '0') * 10 + p[3] - '0');
    return 0;
}

static bool mod97(const char *iban, size_t n)
{
    unsigned rest = 0;
    for (size_t i = 0; i < n; i++) {
        char c = iban[(i + 4) % n]; /* country and check digits go to the end */
        rest = wn_form_digit(c) ? rest * 10 + (unsigned)(c - '0')
                                : rest * 100 + (unsigned)(c - 'A' + 10);
        rest %= 97;
    }
    return rest == 1;
}

size_t wn_detail_bank(const char *s, size_t n, size_t at)
{
    char iban[36];
    size_t count = 0, want, end = at, after;
    if (n - at < 15 || !wn_form_alpha(s[at]) || !wn_form_alpha(s[at + 1]) || !wn_form_digit(s[at + 2]) ||
        wn_form_word_before(s, at))
        return 0;
    iban[0] = upper(s[at]);
    iban[1] = upper(s[at + 1]);
    want = iban_length(iban);
    while (end < n && count < want) {
        if (wn_form_digit(s[end]) || wn_form_alpha(s[end]))
            iban[count++] = upper(s[end++]);
        else if (count > 0 && (after = past_signs(s, n, end)) > end)
            end = after;
        else
            break;
    }
    return want > 0 && count == want && !wn_form_word_at(s, n, end) && mod97(iban, want) ? end : 0;
}

/* ---- links ---- */

/* A part of a path that is no word: long, and with digits in it or without a break. */
static bool token(const char *s, size_t n)
{
    size_t run = 0, digits = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i < n && (wn_form_digit(s[i]) || wn_form_alpha(s[i]) || s[i] == '_' || s[i] == '%')) {
            run++;
            digits += wn_form_digit(s[i]);
            continue;
        }
        if (run >= LONG_TOKEN && (digits > 0 || run >= 2 * LONG_TOKEN))
            return true;
        run = digits = 0;
    }
    /* of groups, as in a UUID */
    for (size_t i = 0; i < n; i++)
        digits += wn_form_digit(s[i]);
    return n >= 32 && digits >= 8;
}

static bool telling(const char *s, size_t n)
{
    const char *path;
    size_t from = 0;
    if (memchr(s, '?', n) != NULL || memchr(s, '#', n) != NULL || memchr(s, '@', n) != NULL)
        return true;
    for (size_t i = 0; i + 2 < n; i++)
        if (memcmp(s + i, "://", 3) == 0)
            from = i + 3;
    path = memchr(s + from, '/', n - from);
    while (path != NULL) {
        const char *next = ++path == s + n ? NULL : memchr(path, '/', n - (size_t)(path - s));
        if (token(path, (size_t)((next == NULL ? s + n : next) - path)))
            return true;
        path = next;
    }
    return false;
}

bool wn_detail_url(const char *s, size_t n, size_t from, struct wn_span *out)
{
    while (wn_form_find(WN_FORM_URL, s, n, from, out)) {
        if (telling(s + out->start, out->end - out->start))
            return true;
        from = out->end;
    }
    return false;
}

/* "acme.example/...": a name of a host, which ends in letters, before the first slash. */
static bool begins_with_host(const char *s, size_t n)
{
    const char *slash = memchr(s, '/', n);
    size_t host = slash == NULL ? 0 : (size_t)(slash - s), last = 0;
    for (size_t i = 0; i < host; i++) {
        if (!wn_form_digit(s[i]) && !wn_form_alpha(s[i]) && s[i] != '-' && s[i] != '.')
            return false;
        last = s[i] == '.' ? i + 1 : last;
    }
    return last > 1 && host >= last + 2 && wn_form_alpha(s[last]);
}

/* What the form of links does not have: other schemes, hosts without a name ("http://10.0.0.7/?..."), and
 * links without a scheme. Word by word. */
bool wn_detail_link(const char *s, size_t n, size_t from, struct wn_span *out)
{
    static const char opens[] = "([{'*", closes[] = ".,;:!?)]}'*";
    for (size_t end; from < n; from = end + 1) {
        size_t last;
        for (end = from; end < n && (unsigned char)s[end] > ' ' && strchr("<>\"", s[end]) == NULL;)
            end++;
        for (last = end; last > from && strchr(closes, s[last - 1]) != NULL;)
            last--;
        while (from < last && strchr(opens, s[from]) != NULL)
            from++;
        for (size_t i = from + 2; i + 3 < last; i++)
            if (memcmp(s + i, "://", 3) == 0 && wn_form_alpha(s[i - 1])) {
                *out = (struct wn_span){ i - 1, last };
                while (out->start > from && wn_form_alpha(s[out->start - 1]))
                    out->start--;
                if (telling(s + out->start, last - out->start))
                    return true;
            }
        *out = (struct wn_span){ from, last };
        if (begins_with_host(s + from, last - from) && telling(s + from, last - from))
            return true;
    }
    return false;
}

/* ---- addresses ---- */

/* A letter of two bytes, from U+00C0 to U+053F: Latin, Greek, Cyrillic. (Others are written without spaces
 * between words: a sentence would be taken for an address.) */
static bool two_bytes(const char *s)
{
    return (unsigned char)s[0] >= 0xc3 && (unsigned char)s[0] <= 0xd4 &&
           ((unsigned char)s[1] & 0xc0) == 0x80;
}

static bool in_address(char c)
{
    return wn_form_digit(c) || wn_form_alpha(c) || c == '.' || c == '-';
}

/* Any address, also one with letters beyond ASCII, and one right beside text that has no spaces: the form
 * has neither. */
bool wn_detail_email(const char *s, size_t n, size_t from, struct wn_span *out)
{
    const char *sign = s + from;
    for (; (sign = memchr(sign, '@', n - (size_t)(sign - s))) != NULL; sign++) {
        size_t at = (size_t)(sign - s), start = at, end = at + 1, dot = 0;
        bool more = true;
        while (more) {
            more = start > from && (in_address(s[start - 1]) || strchr("_+%", s[start - 1]) != NULL);
            if (more)
                start--;
            else if ((more = start >= from + 2 && two_bytes(s + start - 2)))
                start -= 2;
        }
        for (more = true; more;) {
            dot = end < n && s[end] == '.' ? end : dot;
            more = end < n && in_address(s[end]);
            if (more)
                end++;
            else if ((more = end + 1 < n && two_bytes(s + end)))
                end += 2;
        }
        while (end > at + 1 && (s[end - 1] == '.' || s[end - 1] == '-'))
            end--;
        while (start < at && (s[start] == '.' || s[start] == '-'))
            start++;
        *out = (struct wn_span){ start, end };
        if (start < at && dot > at + 1 && end > dot + 2 && !wn_form_digit(s[dot + 1]))
            return true;
    }
    return false;
}
