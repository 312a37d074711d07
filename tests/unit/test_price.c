#include "test.h"
#include "provider/provider.h"

enum { NOW = 1795348800, NEW_YEAR = 1798761600 }; /* 2026-11-22T12:00Z, 2027-01-01T00:00Z */

static const struct wn_provider *row_of(const char *name)
{
    return wn_provider_named(name, strlen(name));
}

TEST(a_usage_costs_what_the_table_says_rounded_up)
{
    static const struct {
        const char *provider, *model;
        struct wn_usage u; /* input, cached, cache_write, output, reasoning, said cost */
        int64_t now, want;
    } row[] = {
        /* 131 * 0.10 + 29 * 0.50 = 27.6 micro-dollars */
        { "openai", "gpt-6-luna", { 131, 0, 0, 29, 0, -1 }, NOW, 28 },
        { "openai", "gpt-6-luna-2026-09-23", { 131, 0, 0, 29, 0, -1 }, NOW, 28 },
        { "openai", "gpt-6-luna", { 1, -1, -1, 0, -1, -1 }, NOW, 1 },
        { "openai", "gpt-6-luna", { 0, 0, 0, 0, 0, -1 }, NOW, 0 },
        /* 1000 read at 0.01, 2000 written at 0.125, 7000 at 0.10 */
        { "openai", "gpt-6-luna", { 10000, 1000, 2000, 0, 0, -1 }, NOW, 960 },
        /* above 272,000 the whole request costs the step's price */
        { "openai", "gpt-6-luna", { 272000, 0, 0, 0, 0, -1 }, NOW, 27200 },
        { "openai", "gpt-6-luna", { 272001, 0, 0, 1000, 0, -1 }, NOW, 55151 },
        { "anthropic", "claude-haiku-5-5", { 100001, 100001, 0, 0, 0, -1 }, NOW, 5001 },
        { "gemini", "gemini-decision-1", { 240, 0, -1, 7, 0, -1 }, NOW, 24 },
        { "gemini", "gemini-3.8-flash", { 1000000, 0, 0, 100000, 0, -1 }, NOW, 1125000 },
        { "gemini", "gemini-3.8-flash", { 1000000, 0, 0, 100000, 0, -1 }, NEW_YEAR, 2250000 },
        /* what the reply said wins, and local servers cost nothing */
        { "openrouter", "somebody/something", { 131, 0, 0, 29, 0, 77 }, NOW, 77 },
        { "ollama", "qwen3:4b", { 131, 0, 0, 29, 0, -1 }, NOW, 0 },
        /* unknown is unknown, not nothing */
        { "openai", "gpt-7-luna", { 131, 0, 0, 29, 0, -1 }, NOW, -1 },
        { "openai", "gpt-6-luna", { -1, -1, -1, -1, -1, -1 }, NOW, -1 },
        /* nonsense from a server cannot make a negative price */
        { "openai", "gpt-6-luna", { 10, 5000, 5000, -7, 0, -1 }, NOW, 1 },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_INT(
            wn_price_microusd(row_of(row[i].provider), row[i].model, &row[i].u, NULL, row[i].now),
            row[i].want);
}

TEST(the_users_own_prices_win)
{
    static const char prices[] = "openai/gpt-7-luna=1/2, openai/gpt-6-luna=0.2/1/0.1/0.3,"
                                 "local/big=3/4";
    static const struct {
        const char *provider, *model;
        struct wn_usage u;
        int64_t want;
    } row[] = {
        { "openai", "gpt-7-luna", { 1000, 500, 0, 100, 0, -1 }, 1200 },
        { "openai", "gpt-6-luna", { 1000, 500, 100, 100, 0, -1 }, 260 },
        { "openai", "gpt-6-luna-2026-09-23", { 1000, 0, 0, 0, 0, -1 }, 200 }, /* as returned */
        { "local", "big", { 1000, 0, 0, 0, 0, -1 }, 3000 },
        { "openai", "gpt-7", { 1000, 0, 0, 0, 0, -1 }, -1 },
    };
    CHECK_OK(wn_price_check(prices, &test_error));
    CHECK_OK(wn_price_check(NULL, &test_error));
    CHECK_OK(wn_price_check("", &test_error));
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_INT(wn_price_microusd(row_of(row[i].provider), row[i].model, &row[i].u, prices, NOW),
                  row[i].want);
}

TEST(prices_that_cannot_be_read_are_refused)
{
    static const char *const bad[] = {
        "gpt-6-luna=1/2",     "openai/x",        "openai/x=",      "openai/x=1",
        "openai/x=1/",        "openai/x=-1/2",   "openai/x=1/2;y", "openai/x=nan/1",
        "openai/x=1/2/3/4/5", "openai/x=1e99/1", "=1/2",           ",",
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        if (wn_price_check(bad[i], &test_error) != WN_E_CONFIG)
            fail_msg("%s", bad[i]);
}

TEST(the_worst_case_is_never_below_what_is_paid)
{
    const struct wn_provider *p = row_of("openai");
    struct wn_usage u = { 10000, 0, 10000, 300, 0, -1 };
    CHECK_INT(wn_price_worst_microusd(p, "gpt-6-luna", 10000, 300, NULL, NOW), 1400);
    CHECK_INT(wn_price_microusd(p, "gpt-6-luna", &u, NULL, NOW), 1400);
    CHECK_INT(wn_price_worst_microusd(p, "gpt-7", 10000, 300, NULL, NOW), -1);
    CHECK_INT(wn_price_worst_microusd(row_of("vllm"), "any", 10000, 300, NULL, NOW), 0);
}

TEST(a_variant_is_its_model_and_a_longer_name_is_not)
{
    static const struct {
        const char *provider, *name, *want;
    } row[] = {
        { "openai", "gpt-4o-2024-08-06", "gpt-4o" },
        { "openai", "gpt-4o-mini-2024-07-18", "gpt-4o-mini" },
        { "openai", "gpt-5-pro", NULL },
        { "openai", "gpt-5.4", NULL },
        { "openai", "gpt-6-luna-latest", "gpt-6-luna" },
        { "anthropic", "claude-haiku-4-5-20251001", "claude-haiku-4-5" },
        { "anthropic", "claude-sonnet-5-6", NULL },
        { "gemini", "gemini-3.1-flash-lite-001", "gemini-3.1-flash-lite" },
        { "openrouter", "openai/gpt-oss-20b:free", "openai/gpt-oss-20b" },
        { "openai", "", NULL },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct wn_model *m = wn_model_find(row[i].provider, row[i].name);
        CHECK_STR(m == NULL ? NULL : m->name, row[i].want);
    }
}

TEST(every_model_has_a_row_for_its_provider_and_a_date_for_its_price)
{
    for (size_t i = 0; i < wn_nmodels; i++) {
        const struct wn_model *m = &wn_models[i];
        CHECK(row_of(m->provider) != NULL);
        CHECK(m->as_of != NULL && strlen(m->as_of) == 10);
        CHECK(m->decides || m->generates);
        CHECK(wn_model_find(m->provider, m->name) == m);
        CHECK(m->step_tokens == 0 || m->in_above >= m->in);
    }
    for (size_t i = 0; i < wn_nproviders; i++) {
        const struct wn_provider *p = &wn_providers[i];
        if (p->generate_model != NULL)
            CHECK(wn_model_find(p->name, p->generate_model)->generates);
        if (p->decide_model != NULL)
            CHECK(wn_model_find(p->name, p->decide_model)->decides);
    }
}

TEST(an_estimate_of_tokens_is_near_and_not_under)
{
    /* The counts are of a current tokenizer with about 4 bytes of English per token. */
    static const struct {
        const char *text;
        int64_t least, most;
    } row[] = {
        { "", 0, 0 },
        { "a", 1, 1 },
        { "We need a quote for 250 seats by Friday, please call me back.", 15, 22 },
        { "{\"label\":\"hot\",\"confidence\":0.9}", 12, 20 },
        { "Wir m\xc3\xb6"
          "chten ein Angebot f\xc3\xbcr drei Arbeitspl\xc3\xa4tze.",
          12, 20 },
        { "\xd0\x97\xd0\xb4\xd1\x80\xd0\xb0\xd0\xb2\xd1\x81\xd1\x82\xd0\xb2\xd1\x83\xd0\xb9", 3,
          9 },
        { "\xe8\xa6\x8b\xe7\xa9\x8d\xe3\x82\x82\xe3\x82\x8a", 4, 6 },
        { "\xf0\x9f\x98\x80", 2, 4 },
        { "\xff\xfe", 1, 4 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t n = wn_price_tokens(row[i].text, strlen(row[i].text));
        if (n < row[i].least || n > row[i].most)
            fail_msg("%s: %d", row[i].text, (int)n);
    }
}
