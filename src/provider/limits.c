/* limits.c: what the headers say is left of a rate limit. The names differ between providers, but none
 * means two things, so all are looked for. Gemini has no such headers: its 429 names in the body the quota
 * that was exceeded, and how much it is. */
#include "base/clock.h"
#include "provider/format.h"
#include <stdlib.h>
#include <string.h>

static int64_t count(const char *text)
{
    char *end = NULL;
    double n = text == NULL ? -1 : strtod(text, &end);
    return n >= 0 && n < 1e12 && end != text ? (int64_t)n : -1;
}

/* "12ms", "6m0s", "1h2m3.5s" */
static int64_t duration_ms(const char *text)
{
    double sum = 0;
    while (*text != '\0') {
        char *unit = NULL;
        double n = strtod(text, &unit);
        double scale = strncmp(unit, "ms", 2) == 0 ? 1
                       : *unit == 's'              ? 1000
                       : *unit == 'm'              ? 60000
                       : *unit == 'h'              ? 3600000
                                                   : 0;
        if (unit == text || scale == 0 || !(n >= 0))
            return -1;
        sum += n * scale;
        text = unit + (scale == 1 ? 2 : 1);
    }
    return sum < 1e12 ? (int64_t)(sum + 0.5) : -1;
}

/* A duration, a date, or a number: seconds from now, or since 1970 in seconds or milliseconds. */
static int64_t reset_ms(const char *text, int64_t now)
{
    int64_t at = -1, n;
    if (text == NULL || text[0] == '\0')
        return -1;
    if (strspn(text, "0123456789.") == strlen(text)) {
        double value = strtod(text, NULL);
        if (value < 1e9)
            return (int64_t)(value * 1000 + 0.5);
        if (value >= 1e14)
            return -1;
        n = (int64_t)(value >= 1e11 ? value : value * 1000) - now * 1000;
        return n > 0 ? n : 0;
    }
    n = duration_ms(text);
    if (n >= 0)
        return n;
    at = wn_clock_parse(text);
    if (at < 0)
        return -1;
    return at > now ? (at - now) * 1000 : 0;
}

static const char *first_header(const struct wn_response *r, const char *const *names)
{
    const char *value = NULL;
    for (size_t i = 0; value == NULL && names[i] != NULL; i++)
        value = wn_response_header(r, names[i]);
    return value;
}

/* {"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier","quotaValue":"15"} */
static void read_violation(const cJSON *v, struct wn_limit_facts *out)
{
    const char *id = wn_json_str(v, "quotaId");
    int64_t value = count(wn_json_str(v, "quotaValue"));
    if (id == NULL || value <= 0 || strstr(id, "PerMinute") == NULL)
        return;
    if (strstr(id, "Tokens") != NULL)
        out->tokens_limit = value;
    else if (strstr(id, "Requests") != NULL)
        out->requests_limit = value;
}

static void read_quota(const struct wn_response *r, struct wn_limit_facts *out)
{
    cJSON *tree = NULL;
    const cJSON *detail, *v;
    if (r->status != 429 || r->body_len == 0 || strstr(r->body, "quotaValue") == NULL ||
        wn_json_parse(r->body, r->body_len, false, &tree, NULL) != WN_OK)
        return;
    cJSON_ArrayForEach(detail, wn_json_get(wn_json_get(tree, "error"), "details"))
    {
        cJSON_ArrayForEach(v, wn_json_get(detail, "violations"))
        {
            read_violation(v, out);
        }
    }
    cJSON_Delete(tree);
}

void wn_provider_limits(const struct wn_response *r, int64_t now, struct wn_limit_facts *out)
{
    static const char *const requests_limit[] = { "x-ratelimit-limit-requests",
                                                  "anthropic-ratelimit-requests-limit",
                                                  "x-ratelimit-limit", NULL };
    static const char *const requests_left[] = { "x-ratelimit-remaining-requests",
                                                 "anthropic-ratelimit-requests-remaining",
                                                 "x-ratelimit-remaining", NULL };
    static const char *const requests_reset[] = { "x-ratelimit-reset-requests",
                                                  "anthropic-ratelimit-requests-reset",
                                                  "x-ratelimit-reset", NULL };
    static const char *const tokens_limit[] = { "x-ratelimit-limit-tokens",
                                                "anthropic-ratelimit-input-tokens-limit",
                                                "anthropic-ratelimit-tokens-limit", NULL };
    static const char *const tokens_left[] = { "x-ratelimit-remaining-tokens",
                                               "anthropic-ratelimit-input-tokens-remaining",
                                               "anthropic-ratelimit-tokens-remaining", NULL };
    static const char *const tokens_reset[] = { "x-ratelimit-reset-tokens",
                                                "anthropic-ratelimit-input-tokens-reset",
                                                "anthropic-ratelimit-tokens-reset", NULL };
    *out = (struct wn_limit_facts){
        .requests_limit = count(first_header(r, requests_limit)),
        .requests_left = count(first_header(r, requests_left)),
        .requests_reset_ms = reset_ms(first_header(r, requests_reset), now),
        .tokens_limit = count(first_header(r, tokens_limit)),
        .tokens_left = count(first_header(r, tokens_left)),
        .tokens_reset_ms = reset_ms(first_header(r, tokens_reset), now),
        .tokens_used = -1,
    };
    read_quota(r, out);
}
