/* cmd_review.c: the queue in the terminal: one item at a time, one line of input each.
 *
 * Whole lines rather than single keys: a label has two digits as often as one, a note is a line anyway,
 * and a screen reader and a script can use it, too. */
#include "cli/cli.h"
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct {
    bool sample;
} arg;

static const struct cli_option options[] = {
    { 's', "sample", OPT_FLAG, &arg.sample, NULL,
      "only what was drawn at random: it proves what may be accepted alone" },
    { 0 },
};

static const char help[] =
    "  Enter       accept the label          3           it is label 3 instead\n"
    "  e NAME=X    NAME is X instead         3+          3 is better, but the label would do, too\n"
    "  x           unsure: not decidable\n"
    "  n TEXT      a note with the verdict   s           skip for now\n"
    "  u           undo the last step        q           leave\n";

static const char brief_help[] =
    "  b 3 7       the quotes of sentences 3 and 7 do not carry them: the brief is unfaithful\n";

struct session {
    struct wn_queue *queue;
    char note[1000];
    struct wn_correction edits[16];
    char edit_text[16][400];
    size_t nedits;
};

/* A brief is judged sentence by sentence, so all of it is shown. */
static void show_text(const char *text, int most)
{
    const char *p = text;
    for (int line = 0; *p != '\0' && line < most; line++) {
        size_t n = strcspn(p, "\n");
        fputs("  | ", stdout);
        fwrite(p, 1, n, stdout);
        fputc('\n', stdout);
        p += n + (p[n] == '\n');
    }
    if (*p != '\0')
        printf("  | ... %zu bytes more\n", strlen(p));
}

static void show_answers(const struct wn_result *r)
{
    for (size_t i = 0; i < r->nanswers; i++) {
        const struct wn_field_answer *a = &r->answers[i];
        if (a->value == NULL && a->ntags == 0)
            continue;
        printf("  %s: %s", a->question, a->value == NULL ? "" : a->value);
        for (size_t k = 0; k < a->ntags; k++)
            printf("%s%s", k == 0 ? "" : ", ", a->tags[k]);
        if (a->quote != NULL && a->value != NULL && strcmp(a->quote, a->value) != 0)
            printf("   \xe2\x80\x9c%s\xe2\x80\x9d", a->quote);
        fputc('\n', stdout);
    }
}

static void show_proposal(const struct wn_waiting *w)
{
    for (size_t i = 0; i < w->result->nreasons; i++)
        printf("  why: %s\n", w->result->because[i]);
    show_answers(w->result);
}

static const char *purpose(const struct wn_waiting *w)
{
    static const char *const words[][2] = {
        { "certification_sample", "drawn at random, " },
        { "audit_sample", "drawn at random from what was accepted alone, " },
        { "second_review", "somebody else judged it; your own word counts, " },
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i][0], w->asked_for) == 0)
            return words[i][1];
    return "";
}

static void show(const struct wn_waiting *w)
{
    const struct wn_result *r = w->result;
    bool color = cli_color(stdout);
    printf("\n%s%s%s  %s, %s%lld to go\n", color ? "\x1b[1m" : "", r->item->id,
           color ? "\x1b[0m" : "", r->task, purpose(w), (long long)w->left);
    for (size_t i = 0; i < r->item->nfields && i < 12 && w->sentences == 0; i++)
        printf("  %s: %s\n", r->item->fields[i].name, r->item->fields[i].value);
    show_text(r->item->text, w->sentences > 0 ? INT_MAX : 40);
    if (!w->blind)
        show_proposal(w);
    for (size_t i = 0; i < w->nlabels; i++)
        printf("  %2zu %-17s %s\n", i + 1, w->labels[i], w->meanings[i]);
    if (r->label == NULL || w->blind)
        printf("label? [number, ? for help] ");
    else
        printf("label: %s%s%s", color ? "\x1b[33m" : "", r->label, color ? "\x1b[0m" : "");
    if (r->label != NULL && !w->blind && !isnan(r->probability))
        printf(" (%d%%)", (int)floor(r->probability * 100));
    if (r->label != NULL && !w->blind)
        fputs("  [Enter accepts, ? for help] ", stdout);
    fflush(stdout);
}

static void forget_edits(struct session *s)
{
    s->nedits = 0;
    s->note[0] = '\0';
}

/* Keep a verdict; false: it was not taken and the item stays. */
static bool verdict(struct session *s, const struct wn_waiting *w, enum wn_verdict v,
                    const char *label, bool old_fits)
{
    struct wn_correction all[17];
    struct wn_error err;
    size_t n = 0;
    if (label != NULL)
        all[n++] = (struct wn_correction){ w->first_question, label, old_fits };
    for (size_t i = 0; i < s->nedits; i++)
        all[n++] = s->edits[i];
    if (v == WN_ACCEPT && n > 0)
        v = WN_CORRECT;
    if (wn_queue_verdict(s->queue, w->id, v, all, n, s->note[0] == '\0' ? NULL : s->note, &err) !=
        WN_OK) {
        cli_error(&err);
        return false;
    }
    forget_edits(s);
    return true;
}

static void edit(struct session *s, const char *text)
{
    size_t i = s->nedits;
    char *eq;
    if (i == sizeof(s->edits) / sizeof(s->edits[0])) {
        puts("  that is more than can be changed at once");
        return;
    }
    snprintf(s->edit_text[i], sizeof(s->edit_text[i]), "%s", text);
    eq = strchr(s->edit_text[i], '=');
    if (eq == NULL) {
        puts("  write e NAME=VALUE, as in: e company=Acme");
        return;
    }
    *eq = '\0';
    s->edits[s->nedits++] = (struct wn_correction){ s->edit_text[i], eq + 1, false };
    printf("  %s will be '%s'\n", s->edit_text[i], eq + 1);
}

enum after { STAY, NEXT, LEAVE };

/* "b 3 7": these are not supported. */
static enum after name_sentences(struct session *s, const struct wn_waiting *w, const char *text)
{
    char list[400] = "";
    size_t n = 0;
    enum after after;
    for (; *text != '\0' && n + 1 < sizeof(list); text++) {
        bool digit = isdigit((unsigned char)*text) != 0;
        if (digit || (n > 0 && list[n - 1] != ','))
            list[n++] = digit ? *text : ',';
    }
    list[n - (n > 0 && list[n - 1] == ',')] = '\0';
    if (list[0] == '\0') {
        puts("  name the sentences by their numbers, as in: b 3 7");
        return STAY;
    }
    snprintf(s->edit_text[0], sizeof(s->edit_text[0]), "%s", list);
    s->edits[0] = (struct wn_correction){ "unsupported", s->edit_text[0], false };
    s->nedits = 1; /* there is nothing else to be changed about a brief */
    after = verdict(s, w, WN_CORRECT, "unfaithful", false) ? NEXT : STAY;
    s->nedits = 0;
    return after;
}

static enum after undo(struct session *s)
{
    struct wn_error err;
    int64_t id = 0;
    forget_edits(s);
    if (wn_queue_undo(s->queue, &id, &err) != WN_OK)
        cli_error(&err);
    else if (id == 0)
        puts("  nothing to undo");
    else
        return NEXT;
    return STAY;
}

static enum after obey(struct session *s, const struct wn_waiting *w, const char *line)
{
    char *end;
    long number = strtol(line, &end, 10);
    if (line[0] == '\0') {
        if (w->result->label == NULL || w->blind) {
            puts("  there is no label to accept: type a number");
            return STAY;
        }
        return verdict(s, w, WN_ACCEPT, NULL, false) ? NEXT : STAY;
    }
    if (end != line && (*end == '\0' || strcmp(end, "+") == 0)) {
        if (number < 1 || (size_t)number > w->nlabels) {
            printf("  there are labels 1 to %zu\n", w->nlabels);
            return STAY;
        }
        const char *label = w->labels[number - 1];
        bool same = w->result->label != NULL && strcmp(label, w->result->label) == 0;
        if (*end == '+' && (w->blind || w->result->label == NULL)) {
            puts("  + compares with a proposal, and there is none here");
            return STAY;
        }
        return verdict(s, w, same ? WN_ACCEPT : WN_CORRECT, same ? NULL : label, *end == '+')
                   ? NEXT
                   : STAY;
    }
    if (strncmp(line, "n ", 2) == 0) {
        snprintf(s->note, sizeof(s->note), "%s", line + 2);
        puts("  the note goes with the verdict");
        return STAY;
    }
    if (strncmp(line, "e ", 2) == 0) {
        edit(s, line + 2);
        return STAY;
    }
    if (w->sentences > 0 && (strncmp(line, "b ", 2) == 0 || strcmp(line, "b") == 0))
        return name_sentences(s, w, line + 1);
    if (strcmp(line, "x") == 0)
        return verdict(s, w, WN_UNSURE, NULL, false) ? NEXT : STAY;
    if (strcmp(line, "s") == 0) {
        forget_edits(s);
        wn_queue_skip(s->queue, w->id);
        return NEXT;
    }
    if (strcmp(line, "u") == 0)
        return undo(s);
    if (strcmp(line, "q") == 0)
        return LEAVE;
    if (strcmp(line, "?") != 0)
        printf("  '%s' is nothing that can be done here:\n", line);
    fputs(help, stdout);
    if (w->sentences > 0)
        fputs(brief_help, stdout);
    return STAY;
}

static enum after ask(struct session *s, const struct wn_waiting *w, char **line, size_t *cap)
{
    enum after after;
    show(w);
    do {
        ssize_t n = getline(line, cap, stdin);
        if (n < 0)
            return LEAVE;
        while (n > 0 && isspace((unsigned char)(*line)[n - 1]))
            (*line)[--n] = '\0';
        after = obey(s, w, *line);
        if (after == STAY) {
            fputs("> ", stdout);
            fflush(stdout);
        }
    } while (after == STAY);
    return after;
}

static enum wn_code tell_contradictions(struct wn_queue *q, struct wn_error *err)
{
    const struct wn_contradiction *list = NULL;
    size_t n = 0;
    enum wn_code rc = wn_queue_contradictions(q, &list, &n, err);
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].item, list[i].before_item) == 0)
            printf("you said otherwise before: %s is %s now, and was %s\n", list[i].item, list[i].now,
                   list[i].before);
        else
            printf("you said otherwise before: %s is %s now, and the same text at %s was %s\n",
                   list[i].item, list[i].now, list[i].before_item, list[i].before);
    if (n > 0)
        puts("The last word on a decision counts for it; in a proof, the first decision about a text. Of a text "
             "with as many words for one label as for another nothing is learned.");
    return rc;
}

static int review(struct wn *wn, const char *task)
{
    struct session s = { 0 };
    const struct wn_waiting *w = NULL;
    struct wn_error err;
    char *line = NULL;
    size_t cap = 0;
    enum wn_code rc = arg.sample ? wn_queue_open_sample(wn, task, &s.queue, &err)
                                 : wn_queue_open(wn, task, &s.queue, &err);
    while (rc == WN_OK) {
        rc = wn_queue_next(s.queue, &w, &err);
        if (rc == WN_OK && w == NULL && wn_queue_unskip(s.queue)) {
            puts("\nnow those that were skipped:");
            continue;
        }
        if (rc != WN_OK || w == NULL || ask(&s, w, &line, &cap) == LEAVE)
            break;
    }
    free(line);
    if (rc == WN_OK && w == NULL)
        puts(arg.sample ? "\nnothing of the sample waits for review"
                        : "\nnothing waits for review");
    if (rc == WN_OK)
        printf("\n%zu reviewed\n", wn_queue_reviewed(s.queue));
    if (rc == WN_OK)
        rc = tell_contradictions(s.queue, &err);
    wn_queue_close(s.queue);
    return rc == WN_OK ? 0 : cli_error(&err);
}

static int run(int argc, char **argv)
{
    struct wn *wn = NULL;
    int status = 0;
    if (argc > 1)
        return cli_usage(&cli_review, "one task at a time, not %d", argc);
    if (arg.sample && argc == 0)
        return cli_usage(&cli_review, "--sample wants a task: each has a sample of its own");
    if (cli_open(&wn, &status))
        status = review(wn, argc == 1 ? argv[0] : NULL);
    wn_close(wn);
    return status;
}

const struct cli_command cli_review = { "review", "[options] [TASK]",
                                        "decide what waits for a person, in the terminal", options,
                                        run };
