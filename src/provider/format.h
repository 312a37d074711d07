/* format.h: what the wire formats share; private to this folder.
 *
 * A format writes its body into a buffer and hands it to wn_format_post(); it reads a reply through
 * wn_format_tree() and asks wn_format_failed() first, because a 200 is not success. */
#ifndef WN_PROVIDER_FORMAT_H
#define WN_PROVIDER_FORMAT_H
#include "base/json.h"
#include "provider/provider.h"

extern const struct wn_format wn_openai_chat, wn_openrouter_chat, wn_anthropic_messages,
    wn_gemini_generate, wn_decisions, wn_systemone, wn_gemini_decisions;

/* ---- format.c: requests ---- */

enum { WN_FORMAT_MAX_BODY = 16 * 1024 * 1024 };

/* Body, address, headers and lane into *out. The buffer is empty afterwards, whatever happened. */
enum wn_code wn_format_post(const struct wn_call *c, const char *path, struct wn_buf *body,
                            struct wn_arena *a, struct wn_request *out, struct wn_error *err);
/* Address and headers alone, for any method. */
enum wn_code wn_format_head(const struct wn_provider *row, const char *base_url, const char *key,
                            const char *path, bool has_body, struct wn_arena *a,
                            struct wn_request *out, struct wn_error *err);
/* Append a row's own members. */
void wn_format_extra(struct wn_buf *b, const struct wn_member *extra, size_t n);

/* May this parameter be sent, that is, was it not refused before? */
bool wn_call_sends(const struct wn_call *c, const char *parameter);
/* What turns reasoning down for this model, or NULL to say nothing. */
const char *wn_call_effort(const struct wn_call *c);
const char *wn_call_thinking(const struct wn_call *c);
bool wn_call_logprobs(const struct wn_call *c);
/* Is there a schema, and is it sent as a parameter? */
bool wn_call_has_schema(const struct wn_call *c);
bool wn_call_sends_schema(const struct wn_call *c);
void wn_call_schema(const struct wn_call *c, struct wn_buf *b);
/* The system text: the prompt's, with the answer's form in words where the server is not given it. */
void wn_call_system(const struct wn_call *c, struct wn_buf *b);
int wn_call_max_output(const struct wn_call *c);
/* The turns after the system text: the item and, when asking once more, the last answer and what was
 * wrong with it. Each is put through `turn`; the last one is the user's, as Claude and Gemini insist. */
void wn_call_turns(const struct wn_call *c, struct wn_buf *b,
                   void (*turn)(struct wn_buf *b, bool first, bool user, const char *text));

/* ---- format.c: replies ---- */

/* The body as JSON in the scratch arena, which the caller frees; NULL where it is none, and *out is classed
 * then. */
const cJSON *wn_format_tree(const struct wn_call *c, const struct wn_response *r,
                            struct wn_arena *scratch, struct wn_reply *out);
/* A number of tokens, or -1. */
int64_t wn_format_count(const cJSON *o, const char *name);
/* A copy of a string member in the arena, mended to UTF-8; the fallback where there is none. */
const char *wn_format_copy(const cJSON *o, const char *name, const char *fallback,
                           struct wn_arena *a);
/* The text parts of a list joined; thoughts and parts of other types are not the answer. */
const char *wn_format_join(const cJSON *parts, struct wn_arena *a);
/* Is there anything but white space? */
bool wn_format_says(const char *text);
/* US dollars to micro-dollars, rounded up; -1 for what is no price. */
int64_t wn_format_microusd(double usd);

/* ---- errors.c ---- */

/* Is this a failure: a status that is not 2xx, or an `error` in the body (`choices[0].error` too)? Then
 * *out is classed, from the provider's codes first and the status second. */
bool wn_format_failed(const struct wn_call *c, const struct wn_response *r, const cJSON *tree,
                      struct wn_reply *out);
/* The same for a body that is no JSON. */
void wn_format_failed_raw(const struct wn_call *c, const struct wn_response *r,
                          struct wn_reply *out);
/* ---- reply.c ---- */

/* At most so many bytes of a provider's own words are shown. */
enum { WN_REPLY_SHOWN = 240 };
/* A failure that the format itself found. The text gets no key and no item. */
void wn_reply_fail(struct wn_reply *out, enum wn_class class, const char *what, ...)
    WN_PRINTF(3, 4);
void wn_reply_cause(struct wn_reply *out, const char *cause, ...) WN_PRINTF(2, 3);
void wn_reply_hint(struct wn_reply *out, const char *hint, ...) WN_PRINTF(2, 3);
/* The cause as "HTTP 429 rate_limit_exceeded: Slow down", as much of it as may be shown: at most max
 * bytes of the message, without the key, and not at all where it repeats the item. */
void wn_reply_quote(const struct wn_call *c, int status, const char *word, const char *message,
                    size_t message_len, size_t max, struct wn_reply *out);
/* The last look at a cause before it leaves: whatever it was made of, the key is not in it. */
void wn_reply_mask(const struct wn_call *c, struct wn_reply *out);
/* "OPENAI_API_KEY", "GOOGLE_API_KEY or GEMINI_API_KEY", "the server's key". */
const char *wn_reply_key_names(const struct wn_provider *row, char *buf, size_t size);

/* ---- pack.c: several items in one call ---- */

/* Take apart what a model wrote, {"items":[{"id":...},...]}, and the answers of a decision endpoint, which
 * are called "ID.question". Everything in the arena. */
void wn_unpack_text(const struct wn_pack *p, const char *text, struct wn_arena *a,
                    struct wn_unpacked *out);
void wn_unpack_answers(const struct wn_pack *p, const cJSON *answers, struct wn_arena *a,
                       struct wn_unpacked *out);

/* ---- answers.c: what the decision formats share ---- */

/* One question as it is sent: a tags question is sent once for each of its choices, because the formats
 * know no "any of". */
struct wn_asked {
    const struct wn_question *q;
    size_t index;                /* of the question in the task */
    const struct wn_choice *tag; /* or NULL */
    const char *name;            /* "intent", "signals.urgent"; packed: "3f2a91.intent" */
    const char *item;            /* packed: the id of the item it is about, else NULL */
};
/* The next one after *at (which starts at zero), or false. Text questions are never sent. */
struct wn_asking {
    size_t item, question, tag;
};
bool wn_asked_next(const struct wn_call *c, struct wn_asking *at, struct wn_arena *a,
                   struct wn_asked *out);
/* Do the questions fit the row's limits? An error names the limit. */
enum wn_code wn_asked_check(const struct wn_call *c, struct wn_error *err);
/* What to ask, in one text. `outcomes`: with what yes and no mean, for a format that has no place. In a
 * packed call meanings stand once, in the state, and a question says no more than what it is about. */
const char *wn_asked_text(const struct wn_asked *q, bool outcomes, struct wn_arena *a);
/* A level as one string: "low: can wait". */
const char *wn_asked_level(const struct wn_choice *level, struct wn_arena *a);
/* The answers of any of the decision formats into out->answer, and the class they deserve. */
void wn_answers_read(const struct wn_call *c, const cJSON *answers, struct wn_arena *a,
                     struct wn_reply *out);
/* Tokens, cost, model, upstream and id, under the names that the formats use. */
void wn_answers_usage(const struct wn_call *c, const cJSON *tree, struct wn_arena *a,
                      struct wn_reply *out);

#endif
