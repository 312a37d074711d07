/* sources.c: see sources.h. */
#include "pipeline/sources.h"
#include "base/clock.h"
#include "input/reader.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A text file comes in parts of this size; other items may be as long as a part and its longest line. */
enum { PART_BYTES = 512 << 10, ITEM_BYTES = 20 << 20, FIELDS_SHOWN = 16, FIELD_BYTES = 4096 };

void wn_sources_open(struct wn_sources *s, struct wn *wn, const struct wn_brief_options *o,
                     const char *const *paths, size_t npaths)
{
    static const char *const standard_input[] = { "-" };
    *s = (struct wn_sources){ .wn = wn, .o = o, .paths = paths, .npaths = npaths };
    if (npaths == 0 && o->items == NULL) {
        s->paths = standard_input;
        s->npaths = 1;
    }
}

void wn_sources_close(struct wn_sources *s)
{
    wn_reader_close(s->reader);
    wn_arena_free(&s->arena);
    wn_arena_free(&s->passing);
    free(s->held);
}

/* ---- an item as a source ---- */

static const char *field(const struct wn_item *item, const char *name)
{
    for (size_t i = 0; i < item->nfields; i++)
        if (strcasecmp(item->fields[i].name, name) == 0)
            return item->fields[i].value;
    return NULL;
}

static void put_line(struct wn_buf *b, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    wn_buf_printf(b, "%s: ", name);
    for (; *value != '\0'; value++)
        wn_buf_char(b, *value == '\n' ? ' ' : *value);
    wn_buf_char(b, '\n');
}

/* Who wrote it, to whom and when: what a thread is about is often only said there. */
static void put_mail_head(struct wn_buf *b, const struct wn_item *item)
{
    const char *name = field(item, "from_name"), *from = field(item, "from");
    if (name != NULL && from != NULL)
        wn_buf_printf(b, "From: %s <%s>\n", name, from);
    else
        put_line(b, "From", from);
    put_line(b, "To", field(item, "to"));
    put_line(b, "Date", field(item, "date"));
}

static void put_fields(struct wn_buf *b, const struct wn_item *item)
{
    for (size_t i = 0; i < item->nfields && i < FIELDS_SHOWN; i++)
        if (strcmp(item->fields[i].name, "first_line") != 0)
            put_line(b, item->fields[i].name, item->fields[i].value);
}

/* "leads.csv:17": a row of a table. */
static bool is_row(const struct wn_item *item)
{
    const char *colon = strrchr(item->source, ':');
    return colon != NULL && colon[1] != '\0' &&
           strspn(colon + 1, "0123456789") == strlen(colon + 1) &&
           field(item, "first_line") == NULL;
}

/* Replies go under the subject that they answer. */
static const char *plain_subject(const char *subject)
{
    while (subject != NULL &&
           (strncasecmp(subject, "re:", 3) == 0 || strncasecmp(subject, "aw:", 3) == 0 ||
            strncasecmp(subject, "fw:", 3) == 0))
        subject += 3 + strspn(subject + 3, " ");
    return subject;
}

/* Whose they are, and what people are called there: to forget and to redact by. */
static void copy_fields(const struct wn_item *item, struct wn_arena *a, struct wn_material *out)
{
    struct wn_field *f = wn_arena_array(a, item->nfields, sizeof(*f));
    for (size_t i = 0; i < item->nfields; i++)
        if (strlen(item->fields[i].value) <= FIELD_BYTES)
            f[out->nfields++] = (struct wn_field){ wn_arena_str(a, item->fields[i].name),
                                                   wn_arena_str(a, item->fields[i].value) };
    out->fields = f;
}

static void make(const struct wn_item *item, struct wn_arena *a, struct wn_material *out)
{
    struct wn_buf b = WN_BUF_INIT(SIZE_MAX / 4);
    const char *line = field(item, "first_line"), *thread = field(item, "thread");
    *out = (struct wn_material){ .name = wn_arena_str(a, item->source),
                                 .time = item->time,
                                 .first_line = line == NULL ? 1 : strtoul(line, NULL, 10),
                                 .mail = field(item, "from") != NULL &&
                                         (field(item, "date") != NULL ||
                                          field(item, "message_id") != NULL) };
    out->row = !out->mail && is_row(item);
    out->item = wn_arena_str(a, item->id);
    copy_fields(item, a, out);
    if (field(item, "subject") != NULL)
        out->subject = wn_arena_str(a, field(item, "subject"));
    if (thread == NULL)
        thread = plain_subject(out->subject);
    if (thread == NULL)
        thread = field(item, "message_id");
    out->thread = thread == NULL ? NULL : wn_arena_str(a, plain_subject(thread));
    if (item->trouble != NULL) {
        out->trouble = wn_arena_str(a, item->trouble);
        out->hint = item->trouble_hint == NULL ? NULL : wn_arena_str(a, item->trouble_hint);
    } else if (item->truncated) {
        out->trouble = "only its beginning was read: it is too long";
    }
    if (out->mail)
        put_mail_head(&b, item);
    else if (out->row)
        put_fields(&b, item);
    if (b.len > 0)
        wn_buf_char(&b, '\n');
    out->body = b.len;
    if (strncmp(item->text, "Subject: ", 9) == 0)
        out->body += strcspn(item->text, "\n");
    wn_buf_add(&b, item->text, item->text_len);
    if (item->text_len == 0)
        wn_buf_reset(&b);
    out->text = wn_arena_copy(a, b.data, b.len);
    out->len = b.len;
    out->body = out->body > b.len ? b.len : out->body;
    wn_buf_free(&b);
}

/* ---- reading ---- */

/* A path that cannot be opened is a source, too: the brief names it. */
static void unreadable(const char *path, const struct wn_error *fault, struct wn_arena *a,
                       struct wn_material *out)
{
    *out = (struct wn_material){ .name = wn_arena_str(a, path), .text = "", .first_line = 1 };
    out->item = out->name;
    out->trouble = fault->cause[0] == '\0'
                       ? wn_arena_str(a, fault->what)
                       : wn_arena_printf(a, "%s: %s", fault->what, fault->cause);
    out->hint = fault->hint[0] == '\0' ? NULL : wn_arena_str(a, fault->hint);
}

/* One step in the current path: open it, or read its next item. `out->name` stays NULL where that gives no
 * source (an empty part, the end of the path). */
static void step(struct wn_sources *s, struct wn_arena *item_arena, struct wn_arena *a,
                 struct wn_material *out)
{
    struct wn_reader_options ro = { .kind = s->o->input_kind,
                                    .maps = s->o->maps,
                                    .nmaps = s->o->nmaps,
                                    .max_item_bytes = ITEM_BYTES,
                                    .part_bytes = PART_BYTES };
    struct wn_error fault = { 0 };
    struct wn_item item = { 0 };
    enum wn_code rc;
    if (s->reader == NULL) {
        rc = wn_reader_open(&s->paths[s->next_path++], 1, &ro, &s->reader, &fault);
        s->empty = true;
    } else {
        rc = wn_reader_next(s->reader, item_arena, &item, &fault);
        if (rc == WN_OK && item.id != NULL && (item.text_len > 0 || item.trouble != NULL))
            make(&item, a, out);
        if (rc == WN_OK && item.id == NULL && s->empty) { /* it is a source, too */
            wn_error_set(&fault, WN_E_INPUT, "there is nothing in it");
            unreadable(s->paths[s->next_path - 1], &fault, a, out);
        }
        s->empty = false;
        if (rc != WN_OK || item.id == NULL) {
            wn_reader_close(s->reader);
            s->reader = NULL;
        }
    }
    if (rc != WN_OK) {
        if (s->first.code == WN_OK)
            s->first = fault;
        unreadable(s->paths[s->next_path - 1], &fault, a, out);
    }
}

/* The next source as it is read; out->name == NULL at the end. */
static void read_one(struct wn_sources *s, struct wn_arena *a, struct wn_material *out)
{
    struct wn_arena item_arena = WN_ARENA_INIT;
    *out = (struct wn_material){ 0 };
    while (out->name == NULL && s->o->items != NULL && s->next_item < s->o->nitems)
        make(&s->o->items[s->next_item++], a, out);
    while (out->name == NULL && s->o->items == NULL &&
           (s->reader != NULL || s->next_path < s->npaths)) {
        step(s, &item_arena, a, out);
        wn_arena_reset(&item_arena);
    }
    wn_arena_free(&item_arena);
}

/* ---- mail in order ---- */

struct place {
    struct wn_material source;
    size_t thread, index; /* thread: index of the thread's first message */
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->thread != y->thread)
        return x->thread < y->thread ? -1 : 1;
    if (x->source.time != y->source.time && x->source.time != 0 && y->source.time != 0)
        return x->source.time < y->source.time ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static bool same_thread(const struct wn_material *x, const struct wn_material *y)
{
    const char *subject = plain_subject(x->subject), *other = plain_subject(y->subject);
    if (x->thread != NULL && y->thread != NULL && strcmp(x->thread, y->thread) == 0)
        return true;
    return subject != NULL && other != NULL && strcasecmp(subject, other) == 0;
}

/* Messages of one thread together, by the time when they were written; all else stays where it is. */
static void put_in_order(struct wn_sources *s)
{
    struct place *all = wn_xcalloc(s->nheld + 1, sizeof(*all));
    for (size_t i = 0; i < s->nheld; i++) {
        all[i] = (struct place){ s->held[i], i, i };
        /* threads are short and near: looking back over so many is enough, and keeps this linear */
        for (size_t k = i; k-- > 0 && i - k < 2000 && all[i].source.mail;)
            if (all[k].source.mail && same_thread(&all[k].source, &all[i].source)) {
                all[i].thread = all[k].thread;
                break;
            }
    }
    qsort(all, s->nheld, sizeof(*all), by_place);
    for (size_t i = 0; i < s->nheld; i++)
        s->held[i] = all[i].source;
    free(all);
}

enum wn_code wn_sources_hold(struct wn_sources *s, struct wn_error *err)
{
    while (!s->ended && s->bytes < WN_SOURCES_HELD) {
        struct wn_material one;
        read_one(s, &s->arena, &one);
        if (one.name == NULL) {
            s->ended = true;
            break;
        }
        if (s->nheld == s->cap) {
            s->cap = s->cap == 0 ? 64 : 2 * s->cap;
            s->held = wn_xrealloc(s->held, s->cap, sizeof(*s->held));
        }
        s->held[s->nheld++] = one;
        s->bytes += one.len;
        s->unread += one.trouble != NULL && one.len == 0;
    }
    s->spilled = !s->ended;
    if (s->ended)
        put_in_order(s);
    for (size_t i = 0; i < s->nheld; i++)
        s->held[i].number = i + 1;
    s->count = s->nheld;
    if (s->ended && s->count == s->unread && s->first.code != WN_OK) {
        if (err != NULL)
            *err = s->first;
        return s->first.code;
    }
    return WN_OK;
}

enum wn_code wn_sources_next(struct wn_sources *s, const struct wn_material **out, bool *held,
                             struct wn_error *err)
{
    struct wn_material *one;
    (void)err;
    *held = s->given < s->nheld;
    if (*held) {
        *out = &s->held[s->given++];
        return WN_OK;
    }
    *out = NULL;
    if (s->ended)
        return WN_OK;
    wn_arena_reset(&s->passing);
    one = wn_arena_alloc(&s->passing, sizeof(*one));
    read_one(s, &s->passing, one);
    if (one->name == NULL) {
        s->ended = true;
        return WN_OK;
    }
    one->number = ++s->count;
    s->bytes += one->len;
    s->unread += one->trouble != NULL && one->len == 0;
    *out = one;
    return WN_OK;
}
