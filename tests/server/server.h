/* server.h: what the files of the test server share.
 *
 * The server plays every provider on one loopback port and refuses what the real ones refuse. A request
 * becomes a `struct call`; route.c finds who is meant and checks what holds for all (key, content type,
 * JSON); an endpoint checks its own rules and writes `call->reply`; http.c sends it, late or broken if a
 * fault asked for that. It uses the JSON, buffer and arena helpers of src/base/ and nothing else of
 * winnow: it is the judge, so it may share no opinion with the one it judges. */
#ifndef SERVER_H
#define SERVER_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"

/* Most bytes of a request that are read, and of a reply that are built. */
enum { BODY_MAX = 64 * 1024 * 1024 };

/* ---- fault.c: what goes wrong on purpose ---- */

/* How a fault acts: a status with the provider's error body, a whole body that is no answer, bytes that
 * MHD would not send, or an answer that is well-formed HTTP and wrong. */
enum fault_group { FAULT_NONE, FAULT_STATUS, FAULT_BODY, FAULT_WIRE, FAULT_ANSWER };

/* clang-format off */
#define FAULTS(X) /* name             group         status */ \
    X(OK,            "ok",            NONE,         200) \
    X(LATE,          "late",          NONE,         200) \
    X(400,           "400",           STATUS,       400) \
    X(401,           "401",           STATUS,       401) \
    X(402,           "402",           STATUS,       402) \
    X(403,           "403",           STATUS,       403) \
    X(404,           "404",           STATUS,       404) \
    X(408,           "408",           STATUS,       408) \
    X(409,           "409",           STATUS,       409) \
    X(413,           "413",           STATUS,       413) \
    X(422,           "422",           STATUS,       422) \
    X(429,           "429",           STATUS,       429) \
    X(QUOTA,         "quota",         STATUS,       429) \
    X(PERDAY,        "perday",        STATUS,       429) \
    X(500,           "500",           STATUS,       500) \
    X(503,           "503",           STATUS,       503) \
    X(529,           "529",           STATUS,       529) \
    X(502,           "502",           BODY,         502) \
    X(504,           "504",           BODY,         504) \
    X(NOTJSON,       "notjson",       BODY,         200) \
    X(HTML200,       "html200",       BODY,         200) \
    X(TOOLARGE,      "toolarge",      BODY,         200) \
    X(TIMEOUT,       "timeout",       WIRE,         200) \
    X(SLOW,          "slow",          WIRE,         200) \
    X(RESET,         "reset",         WIRE,         200) \
    X(RESETBODY,     "resetbody",     WIRE,         200) \
    X(CUT,           "cut",           WIRE,         200) \
    X(SHORTLENGTH,   "shortlength",   WIRE,         200) \
    X(GARBAGE,       "garbage",       WIRE,         200) \
    X(GARBAGEHEADER, "garbageheader", WIRE,         200) \
    X(EMPTY,         "empty",         ANSWER,       200) \
    X(LENGTH,        "length",        ANSWER,       200) \
    X(LENGTHEMPTY,   "lengthempty",   ANSWER,       200) \
    X(REFUSAL,       "refusal",       ANSWER,       200) \
    X(CONTENTFILTER, "contentfilter", ANSWER,       200) \
    X(BLOCKED,       "blocked",       ANSWER,       200) \
    X(SPII,          "spii",          ANSWER,       200) \
    X(ERRORIN200,    "errorin200",    ANSWER,       200) \
    X(ERRORINCHOICE, "errorinchoice", ANSWER,       200) \
    X(FENCED,        "fenced",        ANSWER,       200) \
    X(HALFJSON,      "halfjson",      ANSWER,       200) \
    X(BADLABEL,      "badlabel",      ANSWER,       200) \
    X(CASING,        "casing",        ANSWER,       200) \
    X(MISSING,       "missing",       ANSWER,       200) \
    X(REFUSEQ,       "refuseq",       ANSWER,       200) \
    X(BADPROBS,      "badprobs",      ANSWER,       200) \
    X(NAN,           "nan",           ANSWER,       200) \
    X(OTHERMODEL,    "othermodel",    ANSWER,       200) \
    X(INJECT,        "inject",        ANSWER,       200) \
    X(STATED90,      "stated90",      ANSWER,       200) \
    X(PACKMISSING,   "packmissing",   ANSWER,       200) \
    X(PACKTWICE,     "packtwice",     ANSWER,       200) \
    X(PACKINVENT,    "packinvent",    ANSWER,       200) \
    X(PACKSWAP,      "packswap",      ANSWER,       200) \
    X(PACKLABEL,     "packlabel",     ANSWER,       200) \
    X(PACKBLEND,     "packblend",     ANSWER,       200) \
    X(INVENTNUMBER,  "inventnumber",  ANSWER,       200) \
    X(SWAPNAME,      "swapname",      ANSWER,       200) \
    X(MOVEDATE,      "movedate",      ANSWER,       200) \
    X(INVENTSOURCE,  "inventsource",  ANSWER,       200) \
    X(INVENTQUOTE,   "inventquote",   ANSWER,       200) \
    X(OTHERQUOTE,    "otherquote",    ANSWER,       200) \
    X(DENIAL,        "denial",        ANSWER,       200)
/* clang-format on */
#define X(id, name, group, status) FAULT_IS_##id,
enum fault_kind { FAULTS(X) FAULT_KINDS };
#undef X

/* What a 429 says about when to come back. */
enum hint {
    HINT_DEFAULT,
    HINT_NONE,
    HINT_SECONDS,
    HINT_DATE,
    HINT_PAST,
    HINT_ABSURD,
    HINT_MS,
    HINT_RETRYINFO
};

struct fault {
    enum fault_kind kind;
    enum hint hint;
    const char *retry_after; /* the hint's value, or NULL */
};

/* ---- the item and its answer: brain.c, answer.c ---- */

/* The text that is asked about: what stands between <item-...> and </item-...>, else all of it. */
struct item {
    const char *text;
    size_t len;
    const char *words; /* lower case, one blank between and around words */
    uint64_t hash;
    const char *id; /* "Item ID" before it, where there are several; else NULL */
};

struct choice {
    const char *id, *about; /* about may be NULL */
    double p;
};

/* One model call, whoever's format it came in. */
struct ask {
    const char *model;
    const char *rules; /* all text that is not the item */
    struct item item;    /* of several: all of them as one */
    struct item *several; /* NULL: one */
    size_t nseveral;
    const cJSON *schema; /* NULL: free text */
    int64_t limit;       /* output tokens, -1 = none */
    int64_t think;       /* tokens that the model spends on reasoning first */
    bool logprobs;
    int top_logprobs;
};

enum ending { END_STOP, END_LENGTH, END_REFUSAL, END_FILTER, END_BLOCKED, END_SPII };

/* A place in the answer's text where a label stands, for its log-probabilities. */
struct span {
    size_t start, end;
    const struct choice *choices;
    size_t n;
};
enum { SPANS_MAX = 64 };

struct answer {
    const char *text; /* NULL: no content at all */
    enum ending ending;
    const char *model; /* as returned */
    int64_t in, out;   /* tokens; out includes think */
    int64_t think;
    int64_t cached, written; /* of `in`: read from the prompt cache, written to it */
    struct span spans[SPANS_MAX];
    size_t nspans;
};

/* ---- a request and its reply ---- */

struct head {
    const char *name, *value;
};

struct reply {
    int status;
    const char *type; /* content-type */
    struct wn_buf body;
    struct head heads[20];
    size_t nheads;
    enum fault_kind wire; /* a FAULT_WIRE kind, or FAULT_IS_OK */
    int64_t delay_ms;     /* beside the latency that all replies have */
};

struct call {
    struct wn_arena arena;
    void *connection;
    const char *method, *url, *path; /* path: behind the provider's prefix */
    const struct vendor *vendor;     /* NULL: the server's own paths */
    const struct endpoint *endpoint;
    struct wn_buf body;
    cJSON *json;   /* the body of a POST */
    uint64_t hash; /* of path and body */
    int64_t tries; /* how often this item came on this path, this time included */
    struct fault fault;
    struct reply reply;
};

/* A path of a provider; `path` ending in '*' stands for all that begin so. */
struct endpoint {
    const char *method, *path;
    void (*serve)(struct call *c);
    bool open; /* needs no key */
    bool raw;  /* its body is no JSON */
};

/* A final refusal: a key without credit, a daily limit. */
struct final {
    int status;
    const char *code, *message;
};

struct vendor {
    const char *name, *prefix;
    const struct endpoint *endpoints; /* ends with a NULL method */
    /* The key that was sent, or NULL; refuses by itself what must not be sent. */
    const char *(*key)(struct call *c);
    /* Write the error body of this provider. code and param may be NULL. */
    void (*error)(struct call *c, int status, const char *code, const char *param,
                  const char *message);
    /* The words for an unknown field; NULL: this server ignores what it does not know. */
    const char *(*unknown)(struct wn_arena *a, const char *where, const char *field);
    struct final bad_key, no_key, revoked, no_credit, quota, per_day;
};

/* ---- route.c ---- */

/* Find who is meant by c->url: sets vendor and path. */
void route_find(struct call *c);
/* Check what holds for all, then let the endpoint answer. */
void route_serve(struct call *c);
/* Serve a request that stands inside another one, whose checks hold for it, too. */
void route_within(struct call *c);
/* Set the reply to the vendor's error; always false, so that one can `return refuse(...)`. */
bool refuse(struct call *c, int status, const char *code, const char *param, const char *fmt, ...)
    WN_PRINTF(5, 6);
bool refuse_finally(struct call *c, const struct final *f);
void reply_head(struct call *c, const char *name, const char *fmt, ...) WN_PRINTF(3, 4);
/* A key that this server takes besides those that begin with "test-". */
void route_add_key(const char *key);

extern const struct vendor vendor_openai, vendor_anthropic, vendor_gemini, vendor_openrouter,
    vendor_ollama, vendor_llamacpp, vendor_vllm, vendor_lmstudio;

/* ---- check.c: what several providers check alike ---- */

/* Refuse a member of `o` that is not among `known`, a text of names with blanks around each. */
bool check_fields(struct call *c, const cJSON *o, const char *where, const char *known);
/* Is `name` among them? */
bool name_among(const char *known, const char *name);
/* Read messages[] into ask->rules and ask->item; `roles` as above. The last must be a user's. */
bool check_messages(struct call *c, struct ask *ask, const char *roles);
/* A content that is a string or an array of {"type":"text","text":...}: append its text. */
bool check_content(struct call *c, const cJSON *content, const char *where, struct wn_buf *out);
/* Fill ask->rules and ask->item from text: where the item's delimiters stand in `last`, the rest of it
 * is rules as well. */
void ask_texts(struct call *c, struct ask *ask, const char *rules, const char *last);
int64_t tokens_of(size_t bytes);
/* Does the item ask for this fault by itself? */
bool item_wants(const struct item *it, enum fault_kind f);
/* What one of several does wrong: its own fault, where the call's is of this kind, else none. */
enum fault_kind item_fault(const struct call *c, const struct item *it);

/* ---- schema.c ---- */

enum dialect {
    DIALECT_OPENAI,
    DIALECT_ANTHROPIC,
    DIALECT_GEMINI,
    DIALECT_OPENAPI,
    DIALECT_GRAMMAR
};
/* What this dialect refuses in the schema, in words that live in the arena; NULL if nothing. */
const char *schema_fault(struct wn_arena *a, enum dialect d, const cJSON *schema);
/* `schema` itself, or what its $ref points at. */
const cJSON *schema_resolve(const cJSON *root, const cJSON *schema);

/* ---- brain.c ---- */

void item_read(struct wn_arena *a, const char *text, size_t len, struct item *out);
/* Give each choice its probability; the index of the likeliest. The same text gives the same numbers,
 * whoever asks. */
size_t brain_choose(const struct item *it, struct choice *choices, size_t n, enum fault_kind f);
double brain_yes(const struct item *it, const char *name, enum fault_kind f);
/* Does this tag apply? */
bool brain_tag(const struct item *it, const char *id);
/* What the item says for a text question of this name, verbatim, or NULL. */
const char *brain_text(struct wn_arena *a, const struct item *it, const char *name);
/* The n-th sentence of the item, verbatim, or the first that speaks for `id` (which may be NULL). */
const char *brain_sentence(struct wn_arena *a, const struct item *it, const char *id, size_t n);
/* The line of `rules` that begins with this id, without it, or NULL. */
const char *brain_about(struct wn_arena *a, const char *rules, const char *id);
/* Whole percents that sum to 100, the likeliest strictly ahead. */
void brain_percents(const struct choice *choices, size_t n, size_t best, enum fault_kind f,
                    int *out);
uint64_t hash_bytes(const char *bytes, size_t n);

/* ---- brief.c ---- */

/* The answer where the schema asks for a part of a brief; false where it asks for something else. */
bool brief_write(struct wn_arena *a, const struct ask *ask, enum fault_kind f, struct wn_buf *out);

/* ---- answer.c, chat.c, decisions.c ---- */

void answer_make(struct call *c, struct ask *ask, struct answer *out);

enum chat_shape { CHAT_OPENAI, CHAT_OPENROUTER, CHAT_OLLAMA, CHAT_LLAMACPP, CHAT_VLLM };
/* The fields of a chat request that mean the same everywhere, into *ask. */
bool chat_format(struct call *c, struct ask *ask, enum dialect d);
void chat_write(struct call *c, const struct ask *ask, const struct answer *an,
                enum chat_shape shape, const char *provider, double cost);
/* GET /models with these ids, OpenAI's shape. */
void chat_models(struct call *c, const char *owner, const char *const *ids);

/* How servers make `confidence` out of the same probabilities. */
enum confidence { CONF_MARGIN, CONF_ENTROPY, CONF_VOCABULARY };
/* What a decision endpoint takes and how it answers. */
struct decider {
    int questions, choices_min, choices_max, levels_max; /* questions: 0 = any number */
    enum confidence how;
    int decimals;
    double price; /* USD per million input tokens where `usage` says the cost; else -1 */
};
/* Formats A (array, input), B (map, state) and C (Gemini): check and answer. */
void decisions_array(struct call *c, const struct decider *d);
void decisions_map(struct call *c, const struct decider *d);
void decisions_gemini(struct call *c, const struct decider *d);

/* ---- cached.c ---- */

/* What comes before the item, and how a provider caches it. */
struct prefix {
    const cJSON *parts[2]; /* system text, schema; NULL = none */
    int64_t least;         /* tokens from which it is kept; 0 = never */
    bool writes_all;       /* the item is written, too, and paid for */
};
/* Fill an->cached and an->written, if the setting is on. */
void prompt_cache(struct call *c, const struct prefix *p, struct answer *an);
/* The content of the message before the user's first, or NULL. */
const cJSON *prefix_messages(struct call *c);
/* Does one of the blocks carry `cache_control`? */
bool prefix_is_marked(const cJSON *blocks);

/* batch.c: every path of a provider's batches. */
void batch_serve(struct call *c);
void batch_forget(void);

/* ---- fault.c, control.c ---- */

enum fault_kind fault_named(const char *name, size_t len);
enum fault_group fault_group(enum fault_kind k);
const char *fault_name(enum fault_kind k);
enum hint hint_named(const char *name, size_t len);
/* Choose the fault of this call: a marker in the item (which may be NULL), else the rules. True if the
 * reply is written and the endpoint has nothing left to do. */
bool fault_serve(struct call *c, const struct item *it);
/* Write a 429 with this hint. */
void fault_busy(struct call *c, enum hint hint, const char *value);

void control_serve(struct call *c);
/* Take one JSON object of settings; the reason if it is refused, else NULL. */
const char *control_apply(const cJSON *settings);
/* Do items that name their fault get a good reply all the same? */
bool control_calm(void);
/* The rule that hits this call, if one does. */
bool control_fault(struct call *c, const struct item *it, struct fault *out);
/* Over the configured rate? Then the milliseconds to wait, else 0. */
int64_t control_over_rate(void);
int64_t control_latency_ms(uint64_t hash);
bool control_prompt_cache(void);
int control_batch_page(void); /* batches on a page of a list */
/* Can this prefix be read by now? A new one can from ready_us on. */
bool control_prompt_seen(uint64_t hash, int64_t ready_us);
void control_count_body(uint64_t hash);
/* How often an item came on this path, this time included. */
int64_t control_count_item(uint64_t hash);
/* A request of a provider is there; its reply is chosen; it is over. */
void control_begin(void);
void control_count(const struct call *c);
void control_end(void);
void control_connection(void);
void control_keep(const struct call *c);
/* With the setting `fixed`: the first good reply of this endpoint, again. */
bool control_fixed(struct call *c);

/* ---- http.c, timer.c, raw.c, main.c ---- */

/* Start listening; the port that was bound, or 0. tls: NAME of NAME-cert.pem and NAME-key.pem, or NULL. */
int http_start(int port, int threads, const char *tls);
void http_stop(void);
const char *call_header(const struct call *c, const char *name);
const char *call_query(const struct call *c, const char *name);
/* Every header as a JSON object, names in lower case. */
void call_headers(const struct call *c, struct wn_buf *out);

/* Call fire(user) once at about due_us, from the timer's thread. False once it is stopped. */
bool timer_start(void);
bool timer_add(int64_t due_us, void (*fire)(void *user), void *user);
/* Fire all that waits, and take no more. */
void timer_stop(void);
int64_t timer_now_us(void);

/* The bytes of a reply that MHD would not send, and how far they are. */
struct raw {
    enum fault_kind kind;
    char *bytes;
    size_t len, sent, step;
    int fd;
};
void raw_make(struct raw *r, int fd, struct reply *reply);
/* Send what is due; milliseconds until the next step, or -1 when the connection may be closed. */
int64_t raw_step(struct raw *r);

#endif
