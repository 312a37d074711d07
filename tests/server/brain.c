/* brain.c: the model behind all providers. It reads the item and answers, always the same.
 *
 * A label scores by the words in the item that speak for it; scores become probabilities by a softmax.
 * Only the item and the label's id count (its description only where the words say nothing), so the same
 * text gets the same label with the same probability from every provider and in every wire format. */
#include "server.h"
#include "words.h"
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

uint64_t hash_bytes(const char *bytes, size_t n)
{
    const uint64_t k = 0x9e3779b97f4a7c15u;
    uint64_t h = n * k, w;
    for (; n >= 8; n -= 8, bytes += 8) {
        memcpy(&w, bytes, 8);
        h = (h ^ w) * k;
        h ^= h >> 32;
    }
    w = 0;
    memcpy(&w, bytes, n);
    h = (h ^ w) * k;
    h ^= h >> 29;
    h *= 0xbf58476d1ce4e5b9u;
    return h ^ h >> 32;
}

void item_read(struct wn_arena *a, const char *text, size_t len, struct item *out)
{
    char *words = wn_arena_alloc(a, len + 3);
    size_t n = 0;
    words[n++] = ' ';
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        bool letter = isalnum(c) || c >= 0x80 || c == '$';
        if (letter)
            words[n++] = (char)tolower(c);
        else if (words[n - 1] != ' ')
            words[n++] = ' ';
    }
    if (words[n - 1] != ' ')
        words[n++] = ' ';
    words[n] = '\0';
    *out = (struct item){ .text = wn_arena_copy(a, text, len), .len = len, .words = words,
                          .hash = hash_bytes(words, n) };
}

/* ---- scores ---- */

/* Where a stem begins a word of the item, or NULL. */
static const char *find_stem(const struct item *it, const char *stem, size_t len)
{
    char key[40] = " ";
    if (len + 2 > sizeof(key))
        return NULL;
    memcpy(key + 1, stem, len);
    key[len + 1] = '\0';
    return strstr(it->words, key);
}

static int count_stems(const struct item *it, const char *stems)
{
    int hits = 0;
    while (*stems != '\0') {
        size_t n = strcspn(stems, "|");
        hits += find_stem(it, stems, n) != NULL;
        stems += n + (stems[n] == '|');
    }
    return hits;
}

static const char *stems_of(const char *key, size_t len)
{
    for (size_t i = 0; i < WN_COUNT(lexicon); i++)
        if (strlen(lexicon[i].key) == len && strncasecmp(lexicon[i].key, key, len) == 0)
            return lexicon[i].stems;
    return NULL;
}

/* "signals.budget_named" and "budget_named" are the same tag. */
static const char *last_part(const char *id)
{
    const char *cut = id + strlen(id);
    while (cut > id && strchr("./:", cut[-1]) == NULL)
        cut--;
    return cut;
}

static int score_id(const struct item *it, const char *id)
{
    const char *stems = stems_of(id, strlen(id));
    int score = 0;
    if (stems != NULL)
        return count_stems(it, stems);
    while (*id != '\0') {
        size_t n = strcspn(id, "_- ");
        stems = stems_of(id, n);
        if (stems != NULL)
            score += count_stems(it, stems);
        else if (n > 3)
            score += find_stem(it, id, n > 6 ? n - 2 : n) != NULL;
        id += n + (id[n] != '\0');
    }
    return score;
}

/* Words of more than four letters that a description shares with the item. */
static int score_about(struct item const *it, const char *about)
{
    int score = 0;
    while (about != NULL && *about != '\0') {
        size_t n = 0;
        char word[32];
        while (isalpha((unsigned char)about[n]))
            n++;
        if (n > 4 && n < sizeof(word)) {
            for (size_t i = 0; i < n; i++)
                word[i] = (char)tolower((unsigned char)about[i]);
            score += find_stem(it, word, n) != NULL;
        }
        about += n == 0 ? 1 : n;
    }
    return score;
}

/* A text may tell the model what to say: "answer X". Only a model with the fault `inject` obeys. */
static bool item_orders(const struct item *it, const char *id)
{
    char key[100] = " answer ";
    size_t n = strlen(key);
    for (; *id != '\0' && n < sizeof(key) - 2; id++)
        key[n++] = isalnum((unsigned char)*id) ? (char)tolower((unsigned char)*id) : ' ';
    key[n++] = ' ';
    key[n] = '\0';
    return strstr(it->words, key) != NULL;
}

size_t brain_choose(const struct item *it, struct choice *c, size_t n, enum fault_kind f)
{
    size_t best = 0;
    double sum = 0, seen = 0;
    for (size_t i = 0; i < n; i++)
        seen += c[i].p = score_id(it, c[i].id);
    for (size_t i = 0; i < n; i++) {
        uint64_t h = it->hash ^ hash_bytes(c[i].id, strlen(c[i].id));
        double score = c[i].p;
        if (seen <= 0)
            score =
                0.4 * fmin(score_about(it, c[i].about), 3) + 0.9 * name_among(defaults, c[i].id);
        if (f == FAULT_IS_INJECT && item_orders(it, c[i].id))
            score += 4;
        score += (double)(hash_bytes((char *)&h, sizeof(h)) % 1000) / 2500;
        c[i].p = exp(2.6 * fmin(score, 5));
        sum += c[i].p;
        if (c[i].p > c[best].p)
            best = i;
    }
    for (size_t i = 0; i < n; i++) {
        c[i].p /= sum;
        if (f == FAULT_IS_STATED90 && n > 1)
            c[i].p = i == best ? 0.9 : 0.1 / (double)(n - 1);
    }
    return best;
}

bool brain_tag(const struct item *it, const char *id)
{
    return score_id(it, last_part(id)) > 0;
}

double brain_yes(const struct item *it, const char *name, enum fault_kind f)
{
    bool yes = brain_tag(it, name) || (f == FAULT_IS_INJECT && item_orders(it, "yes"));
    double off = (double)(it->hash % 90) / 1000;
    if (f == FAULT_IS_STATED90)
        return yes ? 0.9 : 0.1;
    return yes ? 0.98 - off : 0.02 + off;
}

void brain_percents(const struct choice *c, size_t n, size_t best, enum fault_kind f, int *out)
{
    int left = 100;
    for (size_t i = 0; i < n; i++) {
        out[i] = (int)(c[i].p * 100);
        left -= out[i];
    }
    out[best] += left;
    if (f == FAULT_IS_BADPROBS)
        for (size_t i = 0; i < n; i++)
            out[i] /= 2;
}

/* ---- words of the item ---- */

static const char *copy_trimmed(struct wn_arena *a, const char *s, size_t len)
{
    while (len > 0 && isspace((unsigned char)*s))
        s++, len--;
    while (len > 0 && isspace((unsigned char)s[len - 1]))
        len--;
    return len == 0 ? NULL : wn_arena_copy(a, s, len);
}

/* The length of the sentence at s: up to a line's end, or a mark with a blank behind it. */
static size_t sentence_len(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (s[i] == '\n' ||
            (strchr(".!?", s[i]) != NULL && i + 1 < len && isspace((unsigned char)s[i + 1])))
            return i + 1;
    return len;
}

const char *brain_sentence(struct wn_arena *a, const struct item *it, const char *id, size_t nth)
{
    const char *first = NULL, *s = it->text, *end = it->text + it->len;
    for (size_t i = 0; s < end;) {
        size_t n = sentence_len(s, (size_t)(end - s));
        const char *sentence = copy_trimmed(a, s, n);
        struct item part;
        s += n;
        if (sentence == NULL)
            continue;
        if (id == NULL && i++ == nth)
            return sentence;
        if (first == NULL)
            first = sentence;
        if (id == NULL)
            continue;
        item_read(a, sentence, strlen(sentence), &part);
        if (score_id(&part, id) > 0)
            return sentence;
    }
    return nth == 0 ? first : NULL;
}

const char *brain_about(struct wn_arena *a, const char *rules, const char *id)
{
    size_t n = strlen(id);
    for (const char *p = rules; (p = strstr(p, id)) != NULL; p += n) {
        const char *line = p;
        while (line > rules && strchr("-*`\" \t{", line[-1]) != NULL)
            line--;
        if ((line == rules || line[-1] == '\n') && !isalnum((unsigned char)p[n]) && p[n] != '_')
            return wn_arena_copy(a, p + n, strcspn(p + n, "\n"));
    }
    return NULL;
}

/* One or two capitalised words at s, or 0 bytes. */
static size_t capitalised(const char *s)
{
    size_t n = 0, words = 0;
    while (words < 2 && isupper((unsigned char)s[n])) {
        size_t len = 1;
        while (isalnum((unsigned char)s[n + len]) || (unsigned char)s[n + len] >= 0x80 ||
               (s[n + len] == '-' && isalnum((unsigned char)s[n + len + 1])))
            len++;
        n += len;
        words++;
        if (s[n] != ' ' || !isupper((unsigned char)s[n + 1]) || words == 2)
            break;
        n++;
    }
    return n;
}

static const char *find_name(struct wn_arena *a, const struct item *it, const char *const *openers)
{
    for (size_t i = 0; openers[i] != NULL; i++)
        for (const char *p = it->text; (p = strstr(p, openers[i])) != NULL; p++) {
            size_t n = capitalised(p + strlen(openers[i]));
            if (n > 0)
                return wn_arena_copy(a, p + strlen(openers[i]), n);
        }
    return NULL;
}

/* What was taken out of the item before it was sent is answered by its mark: "[EMAIL_1]". */
static const char *find_mark(struct wn_arena *a, const struct item *it, const char *kind)
{
    const char *p = strstr(it->text, kind);
    return p == NULL ? NULL : wn_arena_copy(a, p, strcspn(p, "]") + 1);
}

static const char *find_email(struct wn_arena *a, const struct item *it)
{
    static const char extra[] = "._-+";
    const char *at = strchr(it->text, '@'), *from = at, *to = at;
    if (strstr(it->text, "[EMAIL_") != NULL)
        return find_mark(a, it, "[EMAIL_");
    if (at == NULL)
        return NULL;
    while (from > it->text && (isalnum((unsigned char)from[-1]) || strchr(extra, from[-1]) != NULL))
        from--;
    for (to++; isalnum((unsigned char)*to) || (*to != '\0' && strchr("-.", *to) != NULL); to++)
        continue;
    while (to > at && strchr(".-", to[-1]) != NULL)
        to--;
    return from == at || to <= at + 1 ? NULL : wn_arena_copy(a, from, (size_t)(to - from));
}

/* The first run of digits and `between` with so many digits at least. */
static const char *find_digits(struct wn_arena *a, const struct item *it, const char *lead,
                               const char *between, int least)
{
    for (const char *p = it->text; *p != '\0'; p++) {
        size_t n = 0, end = 0;
        int digits = 0;
        if (!isdigit((unsigned char)*p) && (*p == '\0' || strchr(lead, *p) == NULL))
            continue;
        for (n = isdigit((unsigned char)*p) ? 0 : 1;
             p[n] != '\0' && (isdigit((unsigned char)p[n]) || strchr(between, p[n]) != NULL); n++)
            if (isdigit((unsigned char)p[n]))
                digits++, end = n + 1;
        if (digits >= least)
            return wn_arena_copy(a, p, end);
        p += n > 0 ? n - 1 : 0;
    }
    return NULL;
}

static const char *find_money(struct wn_arena *a, const struct item *it)
{
    static const char *const marks[] = { "$", "€", "£", "USD ", "EUR ", NULL };
    for (size_t i = 0; marks[i] != NULL; i++) {
        const char *p = strstr(it->text, marks[i]);
        size_t m = strlen(marks[i]), n = 0;
        if (p == NULL || !isdigit((unsigned char)p[m]))
            continue;
        while (isdigit((unsigned char)p[m + n]) ||
               (strchr(",.", p[m + n]) != NULL && isdigit((unsigned char)p[m + n + 1])))
            n++;
        n += p[m + n] == 'k';
        return wn_arena_copy(a, p, m + n);
    }
    return NULL;
}

const char *brain_text(struct wn_arena *a, const struct item *it, const char *name)
{
    static const char *const company[] = { " at ", " from ", "company: ", "Company: ", NULL };
    static const char *const person[] = { "my name is ", "I am ",      "I'm ",
                                          "regards,\n",  "Regards,\n", "Thanks,\n",
                                          "name: ",      "Name: ",     NULL };
    static const char *const when[] = { "by ", "until ", "before ", "on ", NULL };
    if (strstr(name, "email") != NULL)
        return find_email(a, it);
    if (strstr(name, "phone") != NULL)
        return find_digits(a, it, "+(", " -()/", 8);
    if (strstr(name, "budget") != NULL || strstr(name, "total") != NULL)
        return find_money(a, it);
    if (strstr(name, "number") != NULL || strstr(name, "account") != NULL)
        return find_digits(a, it, "", "-", 4);
    if (strstr(name, "timeline") != NULL || strstr(name, "deadline") != NULL ||
        strstr(name, "due") != NULL || strstr(name, "date") != NULL)
        return find_name(a, it, when);
    if (strstr(name, "company") != NULL || strstr(name, "vendor") != NULL)
        return find_name(a, it, company);
    if (strstr(name, "person") != NULL || strstr(name, "name") != NULL)
        return find_name(a, it, person);
    return NULL;
}
