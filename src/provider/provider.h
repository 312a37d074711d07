/* provider.h: prompt -> request, response -> reply. What differs between vendors is a row in
 * table.c and two pure functions in one file; there is no `if (provider is ...)` anywhere.
 *
 * To add one: provider/acme.c with build and parse, a row in table.c, ACME_API_KEY in config.c, and
 * fixtures/http/acme/ (a prompt, the request it must give, a response, the reply expected), which the
 * provider test finds by itself. */
#ifndef WN_PROVIDER_PROVIDER_H
#define WN_PROVIDER_PROVIDER_H
#include "task/answer.h"
#include "task/prompt.h"
#include "task/schema.h"
#include "transport/pool.h"
#include "transport/retry.h"
#include "transport/transport.h"

struct wn_provider;

enum wn_call_kind { WN_GENERATE, WN_DECIDE };

/* One call about one item: everything `build` may look at. */
struct wn_call {
    const struct wn_provider *provider;
    enum wn_call_kind kind;
    const char *model;     /* as the provider knows it: "gpt-6-luna" */
    const char *base_url;  /* without a slash at the end */
    const char *key;       /* the API key, or NULL */
    const struct wn_prompt *prompt;
    int max_output_tokens;
    bool logprobs;         /* ask for them where the row can */
    int sample;            /* 0 = the answer; 1.. = a further sample of it: not at temperature 0 */
    const char *dropped;   /* parameters not to send, joined by ',': this model refused them */
    const char *repair;    /* what was wrong with the last answer, when asking once more; or NULL */
    const char *last_answer; /* that answer's text, with repair; or NULL */
};

struct wn_usage { /* tokens; -1 = not said */
    int64_t input, cached, cache_write, output, reasoning;
    int64_t cost_microusd; /* as the reply said (OpenRouter), else -1 */
};

/* The tokens of a generated answer with their alternatives, for label_prob (confidence.md 3). */
struct wn_logprob {
    const char *token;
    size_t token_len;
    double logprob;
    const struct wn_logprob *top;
    size_t ntop;
};

struct wn_reply {
    enum wn_class class;
    /* class != OK: what happened, for the person ("openai refused: content_filter"), the provider's
     * own words, and what to do. Short, without item text. */
    char what[240], cause[400], hint[240];
    int64_t wait_ms;          /* the provider's hint in body or headers, or -1 */
    const char *drop;         /* a 400 that names a parameter we can do without; else NULL */
    bool no_endpoint;         /* this server or model does not serve this kind of call (404, 501) */
    const char *text;         /* generate: the answer's text */
    const struct wn_logprob *logprobs;
    size_t nlogprobs;
    struct wn_answer *answer; /* decide: the typed answers; refused or missing questions unanswered */
    size_t nrefused;          /* decide: questions answered with a refusal */
    const char *model;        /* as returned, else as asked */
    const char *upstream;     /* whom a router asked ("OpenAI"), or NULL */
    const char *request_id;   /* or NULL */
    struct wn_usage usage;
};

/* A wire format. Both functions are pure: no socket, no clock, no globals; everything they make
 * lives in the arena. */
struct wn_format {
    enum wn_code (*build)(const struct wn_call *c, struct wn_arena *a, struct wn_request *out,
                          struct wn_error *err);
    /* Never fails: whatever came back is a reply of some class. r->wire is WN_WIRE_OK. */
    void (*parse)(const struct wn_call *c, const struct wn_response *r, struct wn_arena *a,
                  struct wn_reply *out);
};

struct wn_provider {
    const char *name;       /* "openai" */
    const char *key_env[2]; /* settings that hold the key, first wins; NULL = needs none */
    const char *base_env;   /* setting that holds the base address */
    const char *base_url;   /* default; NULL = must be set */
    enum wn_dialect dialect;
    const struct wn_format *generate, *decide; /* NULL = it has none */
    const char *generate_model, *decide_model; /* defaults; NULL = must be named */
    bool local;             /* runs on the user's machine or network: free, private, no key needed */
    bool decide_by_default; /* `how: auto` asks the decision endpoint first */
    bool logprobs;          /* may give token log-probabilities */
    bool schema_in_prompt;  /* the server does not put the schema before the model: we do */
    const char *check_path; /* the cheapest call that proves the key: "GET /models" */
    /* Row-specific traits of the shared chat format */
    const char *limit_field;   /* "max_completion_tokens" or "max_tokens" */
    const char *system_role;   /* "developer" or "system" */
    bool send_temperature;     /* local servers: 0, and a seed */
};
extern const struct wn_provider wn_providers[];
extern const size_t wn_nproviders;
const struct wn_provider *wn_provider_named(const char *name, size_t len);

/* "openai/gpt-6-luna", "openrouter/anthropic/claude-haiku-5.5", "gemini" (the row's default model) ->
 * row and model (in the arena). "linear" is no provider. An unknown name lists the known ones and the
 * nearest. */
enum wn_code wn_provider_resolve(const char *id, struct wn_arena *a,
                                 const struct wn_provider **row, const char **model,
                                 struct wn_error *err);
/* Build and parse through the row, with the checks that hold for all: a response below HTTP, a body
 * that is no JSON, the common statuses. */
enum wn_code wn_provider_build(const struct wn_call *c, struct wn_arena *a,
                               struct wn_request *out, struct wn_error *err);
void wn_provider_parse(const struct wn_call *c, const struct wn_response *r, int64_t now,
                       struct wn_arena *a, struct wn_reply *out);
/* The request of `winnow doctor` for this row, and what its response means. */
enum wn_code wn_provider_check(const struct wn_provider *row, const char *base_url, const char *key,
                               struct wn_arena *a, struct wn_request *out, struct wn_error *err);
void wn_provider_checked(const struct wn_provider *row, const struct wn_response *r,
                         struct wn_arena *a, struct wn_reply *out);
/* What the reply's headers and body say of rate limits, for wn_pool_learn(). */
void wn_provider_limits(const struct wn_response *r, int64_t now, struct wn_limit_facts *out);

/* ---- model.c, price.c: data with a date ---- */

struct wn_model {
    const char *provider, *name, *use; /* "classify", "decide", "summarise", "old" */
    /* micro-dollars per million tokens; -1 = unknown */
    int64_t in, out, cached, cache_write;
    const char *as_of;
    const char *effort;   /* what turns reasoning down: "none", "low"; NULL = send nothing */
    const char *thinking; /* Anthropic "disabled" or "between_tools"; Gemini "MINIMAL", "LOW" */
    bool logprobs, temperature;
    int64_t context;      /* tokens */
    const char *shutdown; /* "2027-01-14" or NULL */
    /* above this many input tokens the whole request costs in_above/out_above; 0 = no such step */
    int64_t step_tokens, in_above, out_above;
};
extern const struct wn_model wn_models[];
extern const size_t wn_nmodels;
/* By provider and name; the longest known prefix for dated variants; NULL if unknown. */
const struct wn_model *wn_model_find(const char *provider, const char *name);
/* Micro-dollars for a usage, rounded up, or -1 where the price is unknown. `override` is the setting
 * WINNOW_PRICES ("openai/gpt-6-luna=0.10/0.50,..."; dollars per million in/out) or NULL. Local rows
 * cost 0. */
int64_t wn_price_microusd(const struct wn_provider *row, const char *model,
                          const struct wn_usage *u, const char *override);
/* A careful estimate of a text's tokens where no tokenizer is at hand: never under by much. */
int64_t wn_price_tokens(const char *text, size_t len);

#endif
