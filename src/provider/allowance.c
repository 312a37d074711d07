/* allowance.c: how much the user lets a model be asked in a minute: "openai/gpt-6-luna=500/200000,ollama=30". */
#include "provider/provider.h"
#include <stdlib.h>
#include <string.h>

struct allowance {
    const char *name; /* PROVIDER/MODEL, or PROVIDER for each of its models */
    size_t len;
    int64_t requests, tokens; /* a minute; 0 = no limit */
};

static bool number(const char **p, int64_t *out)
{
    char *end = NULL;
    if (!(**p >= '0' && **p <= '9'))
        return false;
    *out = strtoll(*p, &end, 10);
    *p = end;
    return *out <= 1000000000000;
}

/* One "NAME=REQUESTS[/TOKENS]" at *p, which moves behind it and its comma. */
static bool entry(const char **p, struct allowance *out)
{
    *p += strspn(*p, " ");
    *out = (struct allowance){ .name = *p, .len = strcspn(*p, "=, ") };
    *p += out->len;
    if (out->len == 0 || *(*p)++ != '=' || !number(p, &out->requests))
        return false;
    if (**p == '/' && ((*p)++, !number(p, &out->tokens)))
        return false;
    *p += strspn(*p, " ");
    if (**p != ',' && **p != '\0')
        return false;
    *p += **p == ',';
    return true;
}

enum wn_code wn_allowance_check(const char *setting, struct wn_error *err)
{
    const char *p = setting;
    struct allowance one;
    while (p != NULL && *p != '\0') {
        const char *start = p;
        if (entry(&p, &one))
            continue;
        wn_error_set(err, WN_E_CONFIG, "WINNOW_LIMITS cannot be read");
        wn_error_cause(err, "near '%.40s'", start);
        wn_error_hint(err, "Write PROVIDER/MODEL=REQUESTS/TOKENS a minute (0: no limit), with commas between: "
                           "openai/gpt-6-luna=500/200000");
        return WN_E_CONFIG;
    }
    return WN_OK;
}

/* Does the name mean this model, one that it is a variant of, or its provider? */
static bool is_meant(const struct allowance *one, const char *lane)
{
    if (strncmp(lane, one->name, one->len) != 0)
        return false;
    return memchr(one->name, '/', one->len) == NULL ? lane[one->len] == '/'
                                                    : wn_model_variant(lane + one->len);
}

void wn_allowance_of(const char *setting, const char *lane, int64_t *requests, int64_t *tokens)
{
    const char *p = setting;
    struct allowance one;
    size_t longest = 0;
    *requests = *tokens = 0;
    while (p != NULL && *p != '\0' && entry(&p, &one))
        if (one.len > longest && is_meant(&one, lane)) {
            longest = one.len;
            *requests = one.requests;
            *tokens = one.tokens;
        }
}
