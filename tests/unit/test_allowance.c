#include "test.h"
#include "provider/provider.h"

TEST(a_model_may_be_asked_as_often_as_the_user_says)
{
    static const char setting[] = "openai=600, openai/gpt-6-luna=500/200000,ollama=30/0 , "
                                  "openrouter/openai/gpt-6-luna=60";
    static const struct {
        const char *lane;
        int64_t requests, tokens;
    } row[] = {
        { "openai/gpt-6-luna", 500, 200000 },
        { "openai/gpt-6-luna-2026-09-23", 500, 200000 }, /* a dated name of it */
        { "openai/gpt-6-sol", 600, 0 },                  /* as any of the provider */
        { "openrouter/openai/gpt-6-luna", 60, 0 },
        { "openrouter/openai/gpt-6-sol", 0, 0 },
        { "ollama/qwen3:4b", 30, 0 },
        { "ollamas/qwen3", 0, 0 },
        { "anthropic/claude-haiku-5-5", 0, 0 },
        { "linear", 0, 0 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t requests = -1, tokens = -1;
        wn_allowance_of(setting, row[i].lane, &requests, &tokens);
        CHECK_INT(requests, row[i].requests);
        CHECK_INT(tokens, row[i].tokens);
        wn_allowance_of(NULL, row[i].lane, &requests, &tokens);
        CHECK_INT(requests + tokens, 0);
    }
}

TEST(what_is_no_limit_is_told)
{
    static const struct {
        const char *setting, *near;
    } row[] = {
        { NULL, NULL },
        { "", NULL },
        { "openai=1", NULL },
        { "a/b=0/0,c/d=5", NULL },
        { "openai", "near 'openai'" },
        { "openai=", "near 'openai='" },
        { "openai=x", "near 'openai=x'" },
        { "openai=-1", "near 'openai=-1'" },
        { "openai=5/", "near 'openai=5/'" },
        { "openai=5/6/7", "near 'openai=5/6/7'" },
        { "openai=5 6", "near 'openai=5 6'" },
        { "=5", "near '=5'" },
        { "openai=5,,x=1", "near ',x=1'" },
        { "openai=99999999999999999999", "near 'openai=99999999999999999999'" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        enum wn_code rc = wn_allowance_check(row[i].setting, &test_error);
        CHECK_INT(rc, row[i].near == NULL ? WN_OK : WN_E_CONFIG);
        if (row[i].near != NULL)
            CHECK_STR(test_error.cause, row[i].near);
    }
}
