/* message.c: one message of RFC 5322 and MIME -> an item, with GMime.
 *
 * The text is what a person reads first: the plain text, or the HTML as text where there is no plain
 * one, then messages that were forwarded inside. Attachments are named in a field and not read. */
#include "input/input.h"
#include <gmime/gmime.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { DEPTH_MAX = 32 };

/* Headers that become fields, and the fields that tasks know them by. */
static const struct {
    const char *header, *field;
    bool yes; /* that it is there says enough */
} kept[] = {
    { "Reply-To", "reply_to", false },
    { "List-Id", "list_id", false },
    { "List-Unsubscribe", "list_unsubscribe", true },
    { "Auto-Submitted", "auto_submitted", false },
    { "Precedence", "precedence", false },
};

struct body {
    struct wn_buf text, names; /* names: of the attachments */
    size_t max;                /* enough text: the rest of the parts is not decoded */
    bool quiet;                /* only the names: the text was found in an alternative */
    bool nameless;             /* only the text: the names come later */
    bool full;
    GMimeParserOptions *options;
};

/* ---- text of one part ---- */

static void start_paragraph(struct wn_buf *b)
{
    if (b->len > 0)
        wn_buf_str(b, "\n\n");
}

static bool has_text(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] > ' ')
            return true;
    return false;
}

/* Append decoded bytes as text; false where nothing is to be read in them. */
static bool add_bytes(struct body *b, const char *bytes, size_t n, const char *charset, bool html)
{
    struct wn_buf text = WN_BUF_INIT(SIZE_MAX / 4), plain = WN_BUF_INIT(SIZE_MAX / 4);
    const struct wn_buf *from = &text;
    char named[64];
    bool good;
    if (html && charset == NULL && wn_html_charset(bytes, n, named, sizeof(named)))
        charset = named;
    wn_charset_decode(&text, charset, bytes, n);
    if (html) {
        wn_html_text(text.data, text.len, &plain, NULL);
        from = &plain;
    }
    good = has_text(from->data, from->len);
    if (good) {
        start_paragraph(&b->text);
        wn_buf_add(&b->text, from->data, from->len);
        b->full |= b->text.len > b->max;
    }
    wn_buf_free(&text);
    wn_buf_free(&plain);
    return good;
}

static bool add_text(struct body *b, GMimePart *part, bool html)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *mem;
    GByteArray *bytes;
    bool good = false;
    if (content == NULL || b->quiet || b->full)
        return false;
    mem = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(content, mem);
    bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(mem));
    if (bytes != NULL)
        good = add_bytes(b, (const char *)bytes->data, bytes->len,
                         g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset"),
                         html);
    g_object_unref(mem);
    return good;
}

/* ---- the tree ---- */

static bool is_type(GMimeObject *o, const char *type, const char *subtype)
{
    GMimeContentType *t = g_mime_object_get_content_type(o);
    return t != NULL && g_mime_content_type_is_type(t, type, subtype);
}

static bool is_attached(GMimeObject *o)
{
    const char *d = g_mime_object_get_disposition(o);
    return d != NULL && strcasecmp(d, "attachment") == 0;
}

/* "Content-Type: text" says nothing, and what says nothing is plain text. */
static bool is_untyped(GMimeObject *o)
{
    const char *raw = g_mime_object_get_header(o, "Content-Type");
    return raw != NULL && memchr(raw, '/', strcspn(raw, ";")) == NULL;
}

/* Text that is data rather than something said. */
static bool is_prose(GMimeObject *o)
{
    static const char data[] = "calendar csv vcard x-vcard directory css xml rfc822-headers "
                               "x-amp-html javascript";
    GMimeContentType *t = g_mime_object_get_content_type(o);
    const char *subtype = t == NULL ? NULL : g_mime_content_type_get_media_subtype(t);
    if (subtype != NULL && wn_is_word(data, subtype, strlen(subtype)))
        return false;
    return is_type(o, "text", "*") || is_untyped(o);
}

static void add_name(struct body *b, GMimeObject *o)
{
    const char *name = GMIME_IS_PART(o) ? g_mime_part_get_filename(GMIME_PART(o)) : NULL;
    char *type = NULL;
    if (b->nameless)
        return;
    /* A picture that the HTML shows in its place is no attachment. */
    if (!is_attached(o) && is_type(o, "image", "*") && g_mime_object_get_content_id(o) != NULL)
        return;
    if (name == NULL && g_mime_object_get_content_type(o) != NULL)
        name = type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(o));
    if (b->names.len > 0)
        wn_buf_str(&b->names, ", ");
    wn_buf_str(&b->names, name == NULL ? "unnamed" : name);
    g_free(type);
}

static bool add_object(struct body *b, GMimeObject *o, int depth);

/* The best of several forms of one text: plain, else the first that says something. The others are
 * still looked through for the names of attachments. */
static bool add_alternative(struct body *b, GMimeMultipart *m, int depth)
{
    int n = g_mime_multipart_get_count(m), chosen = -1;
    bool quiet = b->quiet, nameless = b->nameless;
    b->nameless = true;
    for (int pass = 0; pass < 2 && chosen < 0 && !quiet; pass++)
        for (int i = 0; i < n && chosen < 0; i++) {
            GMimeObject *kid = g_mime_multipart_get_part(m, i);
            if ((is_type(kid, "text", "plain") || is_type(kid, "text", "markdown")) != (pass == 0))
                continue;
            if (add_object(b, kid, depth + 1))
                chosen = i;
        }
    b->nameless = nameless;
    b->quiet = true;
    for (int i = 0; i < n; i++)
        add_object(b, g_mime_multipart_get_part(m, i), depth + 1);
    b->quiet = quiet;
    return chosen >= 0;
}

static bool add_multipart(struct body *b, GMimeMultipart *m, int depth)
{
    int n = g_mime_multipart_get_count(m);
    const char *stray = n > 0 ? NULL : g_mime_multipart_get_prologue(m);
    bool good = false;
    if (is_type(GMIME_OBJECT(m), "multipart", "alternative"))
        return add_alternative(b, m, depth);
    for (int i = 0; i < n; i++)
        good |= add_object(b, g_mime_multipart_get_part(m, i), depth + 1);
    /* Without a single part the boundary was wrong, and the text stands before it. */
    if (stray != NULL && !b->quiet)
        good = add_bytes(b, stray, strlen(stray), NULL, false);
    return good;
}

static void add_header_line(struct wn_buf *b, const char *name, const char *value)
{
    if (value != NULL && value[0] != '\0')
        wn_buf_printf(b, "%s: %s\n", name, value);
}

static bool add_forwarded(struct body *b, GMimeMessage *inner, int depth)
{
    GMimeObject *o;
    char *from;
    if (inner == NULL)
        return false;
    if (!b->quiet && !b->full) {
        from = internet_address_list_to_string(g_mime_message_get_from(inner), NULL, false);
        start_paragraph(&b->text);
        wn_buf_str(&b->text, "---------- Forwarded message ----------\n");
        add_header_line(&b->text, "From", from);
        add_header_line(&b->text, "Subject", g_mime_message_get_subject(inner));
        g_free(from);
    }
    o = g_mime_message_get_mime_part(inner);
    return (o != NULL && add_object(b, o, depth + 1)) || !b->quiet;
}

/* Add what a person would read in this part and below it; false if that is nothing. */
static bool add_object(struct body *b, GMimeObject *o, int depth)
{
    if (depth > DEPTH_MAX || o == NULL)
        return false;
    if (GMIME_IS_MULTIPART(o))
        return add_multipart(b, GMIME_MULTIPART(o), depth);
    if (GMIME_IS_MESSAGE_PART(o))
        return add_forwarded(b, g_mime_message_part_get_message(GMIME_MESSAGE_PART(o)), depth);
    if (GMIME_IS_PART(o) && is_prose(o) && !is_attached(o))
        return add_text(b, GMIME_PART(o), is_type(o, "text", "html"));
    add_name(b, o);
    return false;
}

/* ---- fields ---- */

struct fields {
    struct wn_arena *a;
    struct wn_field *field;
    size_t n;
};

static void add_field(struct fields *f, const char *name, const char *value)
{
    bool cut = false;
    size_t len;
    const char *clean;
    if (value == NULL)
        return;
    clean = wn_item_clean(f->a, value, strlen(value), WN_FIELD_BYTES, &len, &cut);
    if (len > 0)
        f->field[f->n++] = (struct wn_field){ name, clean };
}

static void add_addresses(struct wn_buf *b, InternetAddressList *list, int depth)
{
    int n = list == NULL ? 0 : internet_address_list_length(list);
    for (int i = 0; i < n && b->len < WN_FIELD_BYTES; i++) {
        InternetAddress *one = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_GROUP(one) && depth < 4) {
            add_addresses(b, internet_address_group_get_members(INTERNET_ADDRESS_GROUP(one)),
                          depth + 1);
        } else if (INTERNET_ADDRESS_IS_MAILBOX(one)) {
            const char *addr = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one));
            if (addr == NULL || addr[0] == '\0')
                continue;
            wn_buf_str(b, b->len > 0 ? ", " : "");
            wn_buf_str(b, addr);
        }
    }
}

/* Addresses without names, or, where there is none to be found, the header as it stands. */
static void add_address_field(struct fields *f, const char *name, InternetAddressList *list,
                              const char *raw)
{
    struct wn_buf b = WN_BUF_INIT(2 * WN_FIELD_BYTES);
    add_addresses(&b, list, 0);
    add_field(f, name, b.len > 0 ? b.data : raw);
    wn_buf_free(&b);
}

static const char *first_name(InternetAddressList *list)
{
    if (list == NULL || internet_address_list_length(list) == 0)
        return NULL;
    return internet_address_get_name(internet_address_list_get_address(list, 0));
}

/* "<a@b> <c@d>": the first id without its brackets, in the arena; NULL if there is none. */
static const char *first_id(struct wn_arena *a, const char *header)
{
    const char *from = header == NULL ? NULL : strchr(header, '<');
    size_t n = from == NULL ? 0 : strcspn(from + 1, "> \t\r\n");
    return n == 0 ? NULL : wn_arena_copy(a, from + 1, n);
}

static void add_fields(struct fields *f, GMimeMessage *m, const struct body *b)
{
    GMimeObject *o = GMIME_OBJECT(m);
    InternetAddressList *from = g_mime_message_get_from(m);
    const char *parent = first_id(f->a, g_mime_object_get_header(o, "In-Reply-To"));
    const char *root = first_id(f->a, g_mime_object_get_header(o, "References"));
    add_address_field(f, "from", from, g_mime_object_get_header(o, "From"));
    add_field(f, "from_name", first_name(from));
    add_address_field(f, "to", g_mime_message_get_to(m), g_mime_object_get_header(o, "To"));
    add_address_field(f, "cc", g_mime_message_get_cc(m), g_mime_object_get_header(o, "Cc"));
    add_field(f, "subject", g_mime_message_get_subject(m));
    add_field(f, "date", g_mime_object_get_header(o, "Date"));
    add_field(f, "message_id", g_mime_message_get_message_id(m));
    add_field(f, "in_reply_to", parent);
    add_field(f, "thread", root == NULL ? parent : root);
    for (size_t i = 0; i < WN_COUNT(kept); i++) {
        const char *value = g_mime_object_get_header(o, kept[i].header);
        add_field(f, kept[i].field, value != NULL && kept[i].yes ? "yes" : value);
    }
    add_field(f, "attachments", b->names.data);
}

/* ---- the message ---- */

/* GMime up to 3.2.13 takes neighbouring base64 words of a header for one and stops at the first padding
 * ("=?utf-8?B?SGVsbG8=?= =?utf-8?B?IHdvcmxk?=" is "Hello"; gmime#133), which costs long subjects their
 * end. An empty word of another encoding between them keeps them apart and reads as nothing. */
static GByteArray *part_words(const char *bytes, size_t n)
{
    static const char empty[] = " =?utf-8?Q?\?="; /* "??=" by itself would be a trigraph */
    GByteArray *out = g_byte_array_new();
    size_t from = 0;
    for (size_t i = 0; i + 2 < n; i++) {
        size_t end = i + 3;
        if (bytes[i] == '\n' && (bytes[i + 1] == '\n' || bytes[i + 1] == '\r'))
            break; /* the end of the header */
        if (memcmp(bytes + i, "=?=", 3) != 0)
            continue;
        while (end < n && isspace((unsigned char)bytes[end]))
            end++;
        if (end + 1 >= n || end == i + 3 || memcmp(bytes + end, "=?", 2) != 0)
            continue;
        g_byte_array_append(out, (const guint8 *)bytes + from, (guint)(i + 3 - from));
        g_byte_array_append(out, (const guint8 *)empty, sizeof(empty) - 1);
        from = i + 3;
    }
    g_byte_array_append(out, (const guint8 *)bytes + from, (guint)(n - from));
    return out;
}

/* White space before the first header is what a save dialog or a careless script left there. */
static GMimeMessage *parse(const char *bytes, size_t n, GMimeParserOptions *options)
{
    GMimeStream *stream;
    GMimeParser *parser;
    GMimeMessage *m;
    while (n > 0 && isspace((unsigned char)*bytes))
        bytes++, n--;
    stream = g_mime_stream_mem_new_with_byte_array(part_words(bytes, n));
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), TRUE);
    parser = g_mime_parser_new_with_stream(stream);
    m = g_mime_parser_construct_message(parser, options);
    g_object_unref(parser);
    g_object_unref(stream);
    return m;
}

static void fill(const struct wn_part *p, struct wn_arena *a, GMimeMessage *m, struct body *b,
                 struct wn_item *out)
{
    struct fields f = { a, wn_arena_array(a, 16 + WN_COUNT(kept), sizeof(struct wn_field)), 0 };
    GDateTime *date = g_mime_message_get_date(m);
    bool cut = false;
    size_t len = 0;
    const char *id = g_mime_message_get_message_id(m);
    add_object(b, g_mime_message_get_mime_part(m), 0);
    add_fields(&f, m, b);
    if (id != NULL)
        id = wn_item_clean(a, id, strlen(id), 400, &len, &cut);
    if (len > 0)
        out->id = id;
    if (date != NULL && g_date_time_to_unix(date) > 0)
        out->time = g_date_time_to_unix(date);
    out->fields = f.field;
    out->nfields = f.n;
    out->truncated |= b->full;
    wn_item_text(p, a, g_mime_message_get_subject(m), b->text.data, b->text.len, out);
    if (out->text_len == 0)
        wn_item_fail(a, out, out->source, "no text", "The message has neither subject nor text.");
}

void wn_message_item(const struct wn_part *p, struct wn_arena *a, const char *source,
                     const char *bytes, size_t n, bool cut, struct wn_item *out)
{
    static const char *charsets[] = { "utf-8", "windows-1252", NULL };
    struct body b = { WN_BUF_INIT(SIZE_MAX / 4),
                      WN_BUF_INIT(4 * WN_FIELD_BYTES),
                      p->max_item_bytes,
                      false,
                      false,
                      false,
                      NULL };
    GMimeMessage *m;
    wn_gmime_init();
    b.options = g_mime_parser_options_new();
    g_mime_parser_options_set_fallback_charsets(b.options, charsets);
    m = parse(bytes, n, b.options);
    out->source = wn_arena_str(a, source);
    out->id = out->source;
    out->truncated = cut;
    if (m != NULL)
        fill(p, a, m, &b, out);
    else
        wn_item_fail(a, out, source, "not a mail message",
                     "It has no header; is it another kind of file?");
    if (m != NULL)
        g_object_unref(m);
    g_mime_parser_options_free(b.options);
    wn_buf_free(&b.text);
    wn_buf_free(&b.names);
}
