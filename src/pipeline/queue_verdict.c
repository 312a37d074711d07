/* queue_verdict.c: what a person says of the decision that is shown, and what follows from it. See queue.h. */
#include "pipeline/queue.h"
#include "base/clock.h"
#include "base/json.h"
#include "pipeline/verdict.h"
#include "task/brief.h"
#include <stdlib.h>
#include <string.h>

/* The id as the task writes it, whatever the case a person typed it in. */
static const char *as_id(const struct wn_task *t, const struct wn_correction *c)
{
    const struct wn_question *q = t == NULL ? NULL : wn_task_question(t, c->question, NULL);
    size_t i = q == NULL || q->type == WN_TEXT || q->type == WN_TAGS
                   ? SIZE_MAX
                   : wn_question_choice(q, c->value, strlen(c->value));
    return i == SIZE_MAX ? c->value : q->choices[i].id;
}

static const char *corrections_json(const struct wn_task *t, const struct wn_correction *c,
                                    size_t n, struct wn_buf *b)
{
    wn_buf_char(b, '{');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            wn_buf_char(b, ',');
        wn_json_quote(b, c[i].question);
        wn_buf_char(b, ':');
        wn_json_quote(b, as_id(t, &c[i]));
    }
    wn_buf_char(b, '}');
    return b->data;
}

static bool is_answer(const struct wn_question *q, const char *value)
{
    if (q->type == WN_TEXT)
        return true;
    if (q->type != WN_TAGS)
        return wn_question_choice(q, value, strlen(value)) != SIZE_MAX;
    for (const char *p = value; *p != '\0';) {
        size_t len = strcspn(p, ",");
        if (len > 0 && wn_question_choice(q, p, len) == SIZE_MAX)
            return false;
        p += len + (p[len] == ',');
    }
    return true;
}

/* "3,7": numbers of the brief's sentences. */
static bool are_sentences(const char *list, size_t n)
{
    while (*list != '\0') {
        char *end;
        unsigned long number = strtoul(list, &end, 10);
        if (end == list || number < 1 || number > n || (*end != '\0' && *end != ','))
            return false;
        list = end + (*end == ',');
    }
    return true;
}

/* Who names a sentence that is not supported cannot let the brief stand as faithful. */
static enum wn_code check_sentences(const struct wn_queue *q, const struct wn_correction *c,
                                    size_t n, const char *list, struct wn_error *err)
{
    const char *label = q->result.label;
    for (size_t i = 0; i < n; i++)
        if (strcmp(c[i].question, q->task->questions[0].name) == 0)
            label = c[i].value;
    if (!are_sentences(list, q->waiting.sentences))
        return wn_error_set(err, WN_E_USAGE, "the brief has sentences 1 to %zu, not '%s'",
                            q->waiting.sentences, list);
    if (list[0] != '\0' && (label == NULL || strcmp(label, "faithful") == 0)) {
        wn_error_set(err, WN_E_USAGE, "a brief with sentences that are not supported is unfaithful");
        wn_error_hint(err, "`b 3 7` says both: sentences 3 and 7 are not supported.");
        return WN_E_USAGE;
    }
    return WN_OK;
}

/* What a person types is checked against the task like any answer. */
static enum wn_code check_corrections(const struct wn_queue *q, const struct wn_correction *c,
                                      size_t n, struct wn_error *err)
{
    for (size_t i = 0; q->task != NULL && i < n; i++) {
        const struct wn_question *question = wn_task_question(q->task, c[i].question, NULL);
        if (question == NULL)
            return wn_error_set(err, WN_E_USAGE, "the task asks no question '%s'", c[i].question);
        if (strcmp(c[i].question, WN_BRIEF_UNSUPPORTED) == 0 && q->waiting.sentences > 0) {
            enum wn_code rc = check_sentences(q, c, n, c[i].value, err);
            if (rc != WN_OK)
                return rc;
        }
        if (!is_answer(question, c[i].value))
            return wn_error_set(err, WN_E_USAGE, "'%s' is no answer to '%s'", c[i].value,
                                c[i].question);
    }
    return WN_OK;
}

/* What follows from it for what is accepted alone. A second person's word measures people, not winnow. */
static enum wn_code follow(struct wn_queue *q, const struct wn_review *r, int64_t review_id,
                           struct wn_error *err)
{
    struct wn_trial *t = NULL;
    enum wn_code rc = WN_OK;
    wn_queue_done(q, q->place);
    if (strcmp(r->asked, "second_review") == 0 || q->key == NULL || q->key[0] == '\0')
        return WN_OK;
    rc = wn_queue_trial(q, q->key, q->result.label, &t, err);
    return rc == WN_OK && t != NULL ? wn_trial_reviewed(t, r->decision, review_id, r->wrong, err)
                                    : rc;
}

enum wn_code wn_queue_verdict(struct wn_queue *q, int64_t id, enum wn_verdict verdict,
                              const struct wn_correction *c, size_t n, const char *note,
                              struct wn_error *err)
{
    static const char *const names[] = { "accept", "correct", "unsure" };
    struct wn_buf b = WN_BUF_INIT(1 << 20);
    struct wn_review review;
    int64_t review_id = 0;
    enum wn_code rc;
    if (id != q->waiting.id)
        return wn_error_set(err, WN_E_USAGE, "the verdict is for another decision than is shown");
    rc = check_corrections(q, c, n, err);
    review =
        (struct wn_review){ .decision = id,
                            .time = wn_clock_now(),
                            .verdict = names[verdict],
                            .correction_json = n == 0 ? NULL : corrections_json(q->task, c, n, &b),
                            .note = note,
                            .reviewer = wn_queue_reviewer(q),
                            .asked = q->waiting.asked_for,
                            .blind = q->waiting.blind,
                            .wrong = wn_verdict_wrong(q->task, &q->result, verdict, c, n) };
    if (rc == WN_OK)
        rc = wn_review_add(q->wn->store, &review, &review_id, err);
    if (rc == WN_OK) {
        wn_queue_remember(q, review_id);
        rc = follow(q, &review, review_id, err);
    }
    wn_buf_free(&b);
    return rc;
}
