/* provider.h: prompt -> request, response -> reply. What differs between vendors is a row in
 * table.c and two pure functions in one file; there is no `if (provider is ...)` anywhere.
 *
 * To add one: provider/acme.c with build and parse, a row in table.c, its models in model.c, its error
 * codes in errors.c, and fixtures/http/acme/ (a prompt, the request it must
 * give, a response, the reply expected), which the provider test finds by itself. */
#ifndef WN_PROVIDER_PROVIDER_H
#define WN_PROVIDER_PROVIDER_H
#include "base/buf.h"
#include "task/answer.h"
#include "task/prompt.h"
#include "task/schema.h"
#include "transport/pool.h"
#include "transport/retry.h"
#include "transport/transport.h"

struct wn_provider;

enum wn_call_kind { WN_GENERATE, WN_DECIDE };

/* Several items in one call: what each is called in the request and in the answer. */
enum { WN_PACK_MOST = 64 };
struct wn_pack {
    const char *const *ids;
    size_t n;
};

/* The answer about several items, taken apart (pack.c). parts[i] is the answer about item i alone, as JSON
 * that wn_provider_part() reads, or NULL where the item was left out, answered twice or not by an object. */
struct wn_unpacked {
    const char **parts;
    size_t nunknown; /* answers about ids that nobody had asked about */
    bool stripped;   /* something stood around the JSON */
};

/* One call, about one item or several: everything `build` may look at. */
struct wn_call {
    const struct wn_provider *provider;
    enum wn_call_kind kind;
    const char *model;    /* as the provider knows it: "gpt-6-luna" */
    const char *base_url; /* what the user set (OPENAI_BASE_URL), or NULL: the row's */
    const char *key;      /* the API key, or NULL */
    const struct wn_prompt *prompt;
    const struct wn_pack *pack; /* NULL: one item */
    /* A JSON schema of the caller's own (briefs), or NULL: made from the prompt's questions. No schema is
     * sent where nothing is asked: the answer is free text then. */
    const char *schema;
    int max_output_tokens; /* 0 = 1024 */
    bool logprobs;         /* ask for them where the row can */
    /* Parameters not to send, joined by ',': this model refused them (wn_reply.drop names each). Extra
     * samples at the provider's own temperature: "temperature,seed". */
    const char *dropped;
    /* What was wrong with the last answer, when asking once more, and that answer's text; or NULL. */
    const char *repair, *last_answer;
};

/* Tokens; -1 = not said. `input` is all of them: cached and cache_write are parts of it, as reasoning is
 * of `output`. */
struct wn_usage {
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
    int64_t wait_ms; /* the provider's hint in body or headers, or -1 */
    /* A 400 that names a parameter we can do without: add it to wn_call.dropped and ask again; else NULL. */
    const char *drop;
    bool spent;       /* STOP because of money or quota, not because of a wrong setting */
    bool no_endpoint; /* this server or model does not serve this kind of call (404, 501) */
    const char *text; /* generate: the answer's text; NULL unless class is OK */
    const struct wn_logprob *logprobs;
    size_t nlogprobs;
    /* Decide: the typed answers. Refused, missing and unusable ones are unanswered; class is not OK when
     * the first one is, and the others hold all the same. */
    struct wn_answer *answer;
    const struct wn_unpacked *unpacked; /* several items: in place of text and answer */
    size_t nrefused;        /* decide: questions that were refused or left out */
    const char *model;      /* as returned, else as asked */
    const char *upstream;   /* whom a router asked ("OpenAI"), or NULL */
    const char *request_id; /* or NULL */
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

/* How reasoning is turned down in the shared chat format. */
enum wn_effort_form {
    WN_EFFORT_MEMBER, /* "reasoning_effort": "none" */
    WN_EFFORT_OBJECT, /* "reasoning": {"effort": "none"} */
    WN_EFFORT_SWITCH  /* "chat_template_kwargs": {"enable_thinking": false}: vLLM has no levels */
};

/* What a decision endpoint takes at most; 0 = not known. Two of each is the least everywhere. */
struct wn_decide_limits {
    size_t questions, options, levels;
};

/* A setting of its own, as `winnow config` prints it. */
struct wn_env {
    const char *name, *help;
};

/* A member that every request of a row carries as it stands: {"store", "false"}. */
struct wn_member {
    const char *name, *json;
};

struct wn_provider {
    const char *name; /* "openai" */
    /* Settings that hold the key, first wins; NULL = needs none. A local row works without, too. */
    struct wn_env key_env[2];
    /* { "Authorization", "Bearer " }: the name, and what stands before the key. */
    struct wn_header key_header;
    struct wn_header version; /* a header that is always sent, or { NULL } */
    struct wn_env base_env;   /* setting that holds the base address */
    const char *base_url;     /* default; NULL = must be set */
    const char *api_path; /* "/v1" where the vendor's SDK adds it to the base address, or NULL */
    struct wn_dialect dialect;
    const struct wn_format *generate, *decide; /* NULL = it has none */
    const char *generate_model, *decide_model; /* defaults; NULL = must be named */
    struct wn_decide_limits limits;
    bool local; /* runs on the user's machine or network: free, private, no key needed */
    bool decide_by_default; /* `how: auto` asks the decision endpoint first */
    bool logprobs;          /* may give token log-probabilities */
    bool schema_in_prompt;  /* the server does not put the schema before the model: we do */
    int cache_prefix; /* tokens from which a prefix is kept in its prompt cache; 0 = nothing to gain */
    const char *cache_marked[2]; /* a router's models that keep only a marked prefix: "anthropic/" */
    const char *check_path; /* the cheapest call that proves the key: "GET /models" */
    /* For models that model.c does not know: what is least likely refused. NULL = send nothing. */
    const char *effort, *thinking;
    struct wn_member extra[2];        /* generate */
    struct wn_member decide_extra[1]; /* decide */
    /* Row-specific traits of the shared chat format */
    enum wn_effort_form effort_form;
    const char *limit_field; /* "max_completion_tokens" or "max_tokens" */
    const char *system_role; /* "developer" or "system" */
    bool send_temperature;   /* local servers: 0, and a seed */
};
extern const struct wn_provider wn_providers[];
extern const size_t wn_nproviders;
const struct wn_provider *wn_provider_named(const char *name, size_t len);

/* "openai/gpt-6-luna", "openrouter/anthropic/claude-haiku-5.5", "gemini" (the row's default: its
 * decision model if it decides by default, else its generating one) -> row and model (in the arena).
 * "linear" is no provider. An unknown name lists the known ones and the nearest. */
enum wn_code wn_provider_resolve(const char *id, struct wn_arena *a, const struct wn_provider **row,
                                 const char **model, struct wn_error *err);
/* Which model serves this kind of call when the user named `model`: the model itself, or the row's
 * default where the named one only decides and a text is asked for; NULL where the tables know that it
 * does not serve it, or the row has no such endpoint. Unknown models are taken at their word. */
const char *wn_provider_model_for(const struct wn_provider *row, const char *model,
                                  enum wn_call_kind kind);
/* `how: auto`: does this model's decision endpoint come first? Only for models known to have one. */
bool wn_provider_decides_first(const struct wn_provider *row, const char *model);
/* Is this a base address that a key and private text may be sent to? https anywhere; http (or no
 * scheme, as OLLAMA_HOST has it) only for 127.0.0.0/8, ::1, 0.0.0.0 and localhost; no user:password@,
 * query or fragment. */
bool wn_provider_base_ok(const char *url, struct wn_error *err);
/* The address that paths are added to: the setting's value, or the row's where it is NULL or "", checked
 * as above, with scheme, the row's port where the setting has neither scheme nor port, and api_path; no
 * slash at the end. In the arena; NULL on error. Build calls it: what is ready stays as it is. */
const char *wn_provider_base(const struct wn_provider *row, const char *setting, struct wn_arena *a,
                             struct wn_error *err);
/* Build and parse through the row, with the checks that hold for all: a response below HTTP, a body
 * that is no JSON, the common statuses. */
enum wn_code wn_provider_build(const struct wn_call *c, struct wn_arena *a, struct wn_request *out,
                               struct wn_error *err);
void wn_provider_parse(const struct wn_call *c, const struct wn_response *r, int64_t now,
                       struct wn_arena *a, struct wn_reply *out);
/* The reply about one item, from its part of a packed one: c is the call about this item alone. Its model,
 * usage and cost are the whole reply's business. */
void wn_provider_part(const struct wn_call *c, const char *part, size_t len, struct wn_arena *a,
                      struct wn_reply *out);
/* How many questions a decision endpoint is asked about one item: each tag is one. */
size_t wn_provider_questions(const struct wn_prompt *p);
/* The request of `winnow doctor` for this row, and what its response means. */
enum wn_code wn_provider_check(const struct wn_provider *row, const char *base_url, const char *key,
                               struct wn_arena *a, struct wn_request *out, struct wn_error *err);
/* For class OK, `text` says what was learnt ("3 models", "$4.20 left"). The key is only looked for in
 * the provider's words, to mask it. */
void wn_provider_checked(const struct wn_provider *row, const char *key,
                         const struct wn_response *r, int64_t now, struct wn_arena *a,
                         struct wn_reply *out);
/* What the reply's headers (Gemini: the body of a 429) say of rate limits, for wn_pool_learn(); tokens_used stays -1: the caller
 * has it from the reply's usage. */
void wn_provider_limits(const struct wn_response *r, int64_t now, struct wn_limit_facts *out);

/* ---- model.c, price.c: data with a date ---- */

struct wn_model {
    const char *provider, *name, *use; /* "classify", "decide", "summarise", "old" */
    bool decides, generates;
    /* micro-dollars per million tokens; -1 = unknown */
    int64_t in, out, cached, cache_write;
    /* above this many input tokens the whole request costs so; 0 = no such step. Cached tokens and
     * cache writes rise as the input does. */
    int64_t step_tokens, in_above, out_above;
    const char *as_of;
    /* A promotion: in and out hold through this day, then these; NULL = as far as known for good. */
    const char *until;
    int64_t in_later, out_later;
    const char *effort;   /* what turns reasoning down: "none", "low"; NULL = send nothing */
    const char *thinking; /* Anthropic "disabled" or "between_tools"; Gemini "MINIMAL", "LOW" */
    bool logprobs, temperature;
    int64_t context;      /* tokens of input; 0 = unknown */
    const char *shutdown; /* "2027-01-14" or NULL */
};
extern const struct wn_model wn_models[];
extern const size_t wn_nmodels;
/* By provider and name; the longest known prefix for dated variants ("-2026-09-23", ":free",
 * "-latest"); NULL if unknown. */
const struct wn_model *wn_model_find(const char *provider, const char *name);
/* Is `rest` what stands behind a model's name when the model itself, a date or a variant is meant? */
bool wn_model_variant(const char *rest);

/* Micro-dollars for a usage, rounded up, or -1 where the price is unknown. What the reply said it cost
 * wins. `override` is the setting WINNOW_PRICES or NULL; `now` (Unix seconds) because some prices end on
 * a day. Local rows cost 0. */
int64_t wn_price_microusd(const struct wn_provider *row, const char *model,
                          const struct wn_usage *u, const char *override, int64_t now);
/* The most that a request can cost: every input token a cache write, all of max_output used. */
int64_t wn_price_worst_microusd(const struct wn_provider *row, const char *model, int64_t input,
                                int64_t max_output, const char *override, int64_t now);
/* Is the setting well formed? "openai/gpt-6-luna=0.10/0.50,...": dollars per million tokens in/out,
 * and if known /cached/cache_write. */
enum wn_code wn_price_check(const char *override, struct wn_error *err);
/* The user's own price for a model or, where it has none of its own, for the one that it is a variant of;
 * micro-dollars per million; false if there is none. */
bool wn_price_override(const char *override, const char *provider, const char *model, int64_t *in,
                       int64_t *out, int64_t *cached, int64_t *cache_write);
/* ---- allowance.c: how much a model may be asked in a minute, by the user's word ---- */

/* Is the setting well formed? "openai/gpt-6-luna=500/200000,ollama=30": requests and tokens a minute. */
enum wn_code wn_allowance_check(const char *setting, struct wn_error *err);
/* What it allows "PROVIDER/MODEL"; 0 = no limit. The name that says most wins. */
void wn_allowance_of(const char *setting, const char *lane, int64_t *requests, int64_t *tokens);

/* A careful estimate of a text's tokens where no tokenizer is at hand: never under by much. */
int64_t wn_price_tokens(const char *text, size_t len);

#endif
