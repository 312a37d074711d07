/* kind.c: what a file is, by its name and its first bytes.
 *
 * The name decides where it is known; without one (standard input, Maildir, "inbox") the content
 * does. A .txt may be anything that somebody saved as text: mail in it is read as mail. Prose with commas in it is not CSV: that takes a header we know or rows that agree. */
#include "input/input.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* ---- what is no text ---- */

static const struct {
    const char *bytes;
    size_t n;
    const char *suffix; /* NULL = any */
    const char *what, *hint;
} magic[] = {
    /* clang-format off */
    { "PK\3\4", 4, "xlsx", "an Excel workbook",        "Save it as CSV in Excel (File, Save As, CSV UTF-8), then read that." },
    { "PK\3\4", 4, "xlsm", "an Excel workbook",        "Save it as CSV in Excel (File, Save As, CSV UTF-8), then read that." },
    { "PK\3\4", 4, "ods",  "a spreadsheet",            "Save it as CSV, then read that." },
    { "PK\3\4", 4, "docx", "a Word document",          "Save it as plain text (.txt), then read that." },
    { "PK\3\4", 4, "odt",  "a text document",          "Save it as plain text (.txt), then read that." },
    { "PK\3\4", 4, NULL,   "a ZIP archive",            "Unpack it, then read the files in it." },
    { "\xd0\xcf\x11\xe0", 4, "xls", "an old Excel workbook", "Save it as CSV in Excel, then read that." },
    { "\xd0\xcf\x11\xe0", 4, "doc", "an old Word document",  "Save it as plain text (.txt), then read that." },
    { "\xd0\xcf\x11\xe0", 4, "msg", "an Outlook message",    "Save it as .eml, or drag it out of the mail program." },
    { "\xd0\xcf\x11\xe0", 4, NULL,  "an old Office file",    "Save it as CSV or plain text, then read that." },
    { "!BDN", 4,            NULL, "an Outlook mailbox",  "Turn it into an mbox first (readpst does), then read that." },
    { "{\\rtf", 5,          NULL, "a rich text document", "Save it as plain text (.txt), then read that." },
    { "\x1f\x8b", 2,        NULL, "compressed (gzip)",   "Unpack it first: gunzip FILE, or zcat FILE | winnow ... -" },
    { "\xfd" "7zXZ", 5,     NULL, "compressed (xz)",     "Unpack it first: unxz FILE, or xzcat FILE | winnow ... -" },
    { "\x28\xb5\x2f\xfd", 4, NULL, "compressed (zstd)",  "Unpack it first: unzstd FILE." },
    { "BZh", 3,             NULL, "compressed (bzip2)",  "Unpack it first: bunzip2 FILE." },
    { "7z\xbc\xaf", 4,      NULL, "a 7-Zip archive",     "Unpack it, then read the files in it." },
    { "Rar!", 4,            NULL, "a RAR archive",       "Unpack it, then read the files in it." },
    { "\x89PNG", 4,         NULL, "a picture (PNG)",     NULL },
    { "\xff\xd8\xff", 3,    NULL, "a picture (JPEG)",    NULL },
    { "GIF8", 4,            NULL, "a picture (GIF)",     NULL },
    { "SQLite format 3", 15, NULL, "an SQLite database", "Export the table as CSV, then read that." },
    { "\x7f" "ELF", 4,      NULL, "a program",           NULL },
    /* clang-format on */
};
static const char no_text_hint[] =
    "Winnow reads text, Markdown, HTML, PDF, CSV, TSV, JSON, .eml, mbox and Maildir.";

bool wn_is_word(const char *words, const char *word, size_t n)
{
    while (n > 0 && *words != '\0') {
        size_t len = strcspn(words, " ");
        if (len == n && strncasecmp(words, word, n) == 0)
            return true;
        words += len + strspn(words + len, " ");
    }
    return false;
}

static const char *suffix_of(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *dot = strrchr(slash == NULL ? name : slash, '.');
    return dot == NULL ? "" : dot + 1;
}

/* Bytes that no text has: NUL and most controls. Escape and form feed are seen in real ones. */
static bool is_binary(const char *head, size_t n)
{
    size_t odd = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)head[i];
        odd += c < 0x20 && strchr("\t\n\r\f\x1b\v\b", c == 0 ? 1 : c) == NULL;
    }
    return odd * 20 > n;
}

enum wn_code wn_kind_refuse(const char *name, const char *head, size_t n, bool mail,
                            struct wn_error *err)
{
    for (size_t i = 0; i < WN_COUNT(magic); i++) {
        if (n < magic[i].n || memcmp(head, magic[i].bytes, magic[i].n) != 0 ||
            (magic[i].suffix != NULL && strcasecmp(magic[i].suffix, suffix_of(name)) != 0))
            continue;
        wn_error_set(err, WN_E_INPUT, "'%s' is %s, not text", name, magic[i].what);
        wn_error_hint(err, "%s", magic[i].hint == NULL ? no_text_hint : magic[i].hint);
        return WN_E_INPUT;
    }
    if (!mail && is_binary(head, n)) {
        wn_error_set(err, WN_E_INPUT, "'%s' is not text", name);
        wn_error_hint(err, no_text_hint);
        return WN_E_INPUT;
    }
    return WN_OK;
}

/* ---- what it looks like ---- */

static size_t line_end(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && s[i] != '\n' && s[i] != '\r')
        i++;
    return i;
}

/* "From " and a date as ctime() writes it; the sender may be missing, have spaces, or stand for an
 * address. A line of prose that begins with "From" has no weekday, month and day in a row. */
bool wn_mbox_from(const char *line, size_t n)
{
    size_t i = 5, at = 0;
    enum { WEEKDAY, MONTH, DAY, TIME_YEAR } want = WEEKDAY;
    bool time = false, year = false;
    n = line_end(line, n);
    if (n < 5 || memcmp(line, "From ", 5) != 0)
        return false;
    for (; i < n; i = at) {
        while (i < n && (line[i] == ' ' || line[i] == '\t'))
            i++;
        for (at = i; at < n && line[at] != ' ' && line[at] != '\t'; at++)
            continue;
        if (want == WEEKDAY) {
            want = wn_is_word("Mon Tue Wed Thu Fri Sat Sun", line + i, at - i) ? MONTH : WEEKDAY;
        } else if (want == MONTH) {
            want = wn_is_word("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", line + i, at - i)
                       ? DAY
                       : WEEKDAY;
        } else if (want == DAY) {
            want = at - i <= 2 && i < n && isdigit((unsigned char)line[i]) ? TIME_YEAR : WEEKDAY;
        } else {
            time |= at - i >= 4 && memchr(line + i, ':', at - i) != NULL;
            year |= at - i == 4 && strspn(line + i, "0123456789") >= 4;
        }
    }
    return time && year;
}

bool wn_looks_mbox(const char *head, size_t n, const struct wn_mapping *map)
{
    (void)map;
    return wn_mbox_from(head, n);
}

/* Lines "Name: value" up to an empty one, two of them with names that mail has. A note that begins "From:"
 * and goes on in prose has no empty line before the prose. */
bool wn_looks_mail(const char *head, size_t n, const struct wn_mapping *map)
{
    static const char known[] = "from to subject date received return-path mime-version "
                                "content-type message-id delivered-to reply-to x-mailer";
    size_t at = 0, hits = 0;
    (void)map;
    if (wn_mbox_from(head, n))
        at = line_end(head, n) + 1;
    while (at < n) {
        size_t len = line_end(head + at, n - at), name = 0;
        if (len == 0)
            break;
        while (name < len && head[at + name] > ' ' && head[at + name] < 0x7f &&
               head[at + name] != ':')
            name++;
        if (head[at] != ' ' && head[at] != '\t') {
            if (name == 0 || name == len || head[at + name] != ':')
                return n >= WN_HEAD && at + len == n && hits >= 2; /* the head ends in it */
            hits += wn_is_word(known, head + at, name);
        }
        at += len;
        at += at + 1 < n && head[at] == '\r' && head[at + 1] == '\n' ? 2 : 1;
    }
    return hits >= 2;
}

static size_t skip_blank(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && isspace((unsigned char)s[i]))
        i++;
    return i;
}

bool wn_looks_json(const char *head, size_t n, const struct wn_mapping *map)
{
    size_t at = skip_blank(head, n), in;
    (void)map;
    if (at == n || (head[at] != '[' && head[at] != '{'))
        return false;
    in = at + 1 + skip_blank(head + at + 1, n - at - 1);
    if (in == n)
        return false;
    return head[at] == '{' ? head[in] == '"' || head[in] == '}'
                           : strchr("{[\"]", head[in]) != NULL && head[in] != '\0';
}

/* Objects, and the first line holds a whole one. */
bool wn_looks_jsonl(const char *head, size_t n, const struct wn_mapping *map)
{
    size_t at = skip_blank(head, n), len = line_end(head + at, n - at), next;
    if (at == n || head[at] != '{' || !wn_looks_json(head, n, map))
        return false;
    next = at + len + skip_blank(head + at + len, n - at - len);
    while (len > 0 && (head[at + len - 1] == ' ' || head[at + len - 1] == '\t'))
        len--;
    if (next == n) /* one line, perhaps longer than the head */
        return len > 1;
    return head[next] == '{';
}

static size_t cells_of(const char *head, size_t n, char delim, const struct wn_mapping *map,
                       bool *known)
{
    size_t cells = 1;
    const char *from = head;
    n = line_end(head, n);
    for (size_t i = 0; i <= n; i++) {
        if (i < n && head[i] != delim)
            continue;
        if (from < head + i) {
            bool quoted = *from == '"' && head[i - 1] == '"' && head + i - from >= 2;
            *known |=
                wn_mapping_role(map, from + quoted, (size_t)(head + i - from) - 2 * quoted).rule ==
                0;
        }
        from = head + i + 1;
        cells += i < n;
    }
    return cells;
}

bool wn_looks_csv(const char *head, size_t n, const struct wn_mapping *map)
{
    size_t cells, rows;
    bool known = false;
    char delim = wn_csv_delimiter(head, n, &cells, &rows);
    if (n >= 4 && memcmp(head, "sep=", 4) == 0)
        return true;
    return cells_of(head, n, delim, map, &known) >= 2 && (known || (cells >= 3 && rows >= 3));
}

bool wn_looks_html(const char *head, size_t n, const struct wn_mapping *map)
{
    static const char *const start[] = { "<!doctype html", "<html",  "<head", "<body", "<p>",
                                         "<div",           "<table", "<meta" };
    size_t at = skip_blank(head, n);
    (void)map;
    for (size_t i = 0; i < WN_COUNT(start); i++)
        if (n - at >= strlen(start[i]) && strncasecmp(head + at, start[i], strlen(start[i])) == 0)
            return true;
    return false;
}

/* Some writers put a few bytes before the mark. */
bool wn_looks_pdf(const char *head, size_t n, const struct wn_mapping *map)
{
    (void)map;
    for (size_t i = 0; i + 5 <= n && i < 16; i++)
        if (memcmp(head + i, "%PDF-", 5) == 0)
            return true;
    return false;
}

/* ---- which reader ---- */

/* Mail programs save a message or a mailbox as .txt, too. */
static const struct wn_kind *mail_in_text(const struct wn_kind *k, const char *head, size_t n)
{
    if (wn_looks_mbox(head, n, NULL))
        return wn_kind_named("mbox");
    return wn_looks_mail(head, n, NULL) ? wn_kind_named("eml") : k;
}

const struct wn_kind *wn_kind_named(const char *name)
{
    for (const struct wn_kind *k = wn_kinds; k->name != NULL; k++)
        if (strcasecmp(k->name, name) == 0)
            return k;
    return NULL;
}

/* .json is often JSON lines, and .jsonl sometimes an array. */
static const struct wn_kind *which_json(const struct wn_kind *k, const char *head, size_t n)
{
    size_t at = skip_blank(head, n);
    bool lines =
        strcmp(k->name, "json") == 0 ? wn_looks_jsonl(head, n, NULL) : at == n || head[at] != '[';
    return wn_kind_named(lines ? "jsonl" : "json");
}

enum wn_code wn_kind_of(const char *name, const char *head, size_t n, const struct wn_mapping *map,
                        const struct wn_kind **out, struct wn_error *err)
{
    const struct wn_kind *k = wn_kinds;
    const char *suffix = suffix_of(name);
    if (wn_looks_pdf(head, n, map)) { /* whatever it is called */
        *out = wn_kind_named("pdf");
        return WN_OK;
    }
    while (k->name != NULL && !wn_is_word(k->suffixes, suffix, strlen(suffix)))
        k++;
    if (k->name != NULL && strncmp(k->name, "json", 4) == 0)
        k = which_json(k, head, n);
    if (wn_is_word("txt text", suffix, strlen(suffix)))
        k = mail_in_text(k, head, n);
    if (k->name == NULL)
        for (k = wn_kinds; k->looks != NULL && !k->looks(head, n, map);)
            k++;
    *out = k;
    return wn_kind_refuse(name, head, n, k->mail, err);
}
