/* model.c: what is known of models, with the date on which it was true. Prices move: `winnow models`
 * shows the date, WINNOW_PRICES replaces a price, and a model that is not here works, too, without a
 * price and with its row's careful defaults. */
#include "provider/provider.h"
#include <string.h>

#define USD(x)  ((int64_t)((x)*1000000 + 0.5)) /* dollars per million tokens */
#define AS_OF   "2026-11-22"
#define CHAT    .generates = true
#define DECIDER .use = "decide", .decides = true, .out = 0, .as_of = AS_OF
#define PRICE(i, o, r, w)                                                                          \
    .in = USD(i), .out = USD(o), .cached = USD(r), .cache_write = USD(w), .as_of = AS_OF
#define NO_WRITE(i, o, r)                                                                          \
    .in = USD(i), .out = USD(o), .cached = USD(r), .cache_write = USD(i), .as_of = AS_OF
#define ABOVE(n, i, o) .step_tokens = (n), .in_above = USD(i), .out_above = USD(o)
#define PROMOTION      .until = "2026-12-31", .in_later = USD(1.5), .out_later = USD(7.5)

/* clang-format off */
const struct wn_model wn_models[] = {
    /* OpenAI. Log-probabilities exist only where reasoning can be "none". */
    { "openai", "gpt-6-luna", "classify", CHAT, .decides = true, PRICE(0.10, 0.50, 0.01, 0.125),
      ABOVE(272000, 0.20, 0.75), .effort = "none", .logprobs = true, .temperature = true, .context = 922000 },
    { "openai", "gpt-6.1-terra", "summarise", CHAT, PRICE(1, 5, 0.05, 1.25),
      ABOVE(272000, 2, 7.5), .effort = "low", .context = 922000 },
    { "openai", "gpt-6.1-sol", "summarise", CHAT, PRICE(2, 10, 0.1, 2.5),
      ABOVE(272000, 4, 15), .effort = "low", .context = 922000 },
    { "openai", "gpt-6-sol", "summarise", CHAT, PRICE(2, 10, 0.2, 2.5),
      ABOVE(272000, 4, 15), .effort = "low", .context = 922000 },
    { "openai", "gpt-6-astra", "summarise", CHAT, PRICE(10, 50, 1, 12.5),
      ABOVE(272000, 20, 75), .effort = "low", .context = 922000 },
    { "openai", "gpt-5.6-luna", "classify", CHAT, PRICE(0.20, 1.20, 0.02, 0.25),
      ABOVE(272000, 0.40, 1.80), .effort = "none", .logprobs = true, .context = 922000 },
    { "openai", "gpt-5.4-nano", "old", CHAT, NO_WRITE(0.20, 1.25, 0.02), .effort = "none",
      .logprobs = true, .temperature = true, .context = 400000, .shutdown = "2027-04-01" },
    { "openai", "gpt-5.1", "old", CHAT, NO_WRITE(1.25, 10, 0.125), .effort = "none",
      .logprobs = true, .temperature = true, .context = 400000, .shutdown = "2027-04-01" },
    { "openai", "gpt-5", "old", CHAT, NO_WRITE(1.25, 10, 0.125), .effort = "minimal",
      .context = 400000, .shutdown = "2026-12-11" },
    { "openai", "gpt-5-mini", "old", CHAT, NO_WRITE(0.25, 2, 0.025), .effort = "minimal",
      .context = 400000, .shutdown = "2026-12-11" },
    { "openai", "gpt-5-nano", "old", CHAT, NO_WRITE(0.05, 0.40, 0.005), .effort = "minimal",
      .context = 400000, .shutdown = "2026-12-11" },
    { "openai", "gpt-4.1", "old", CHAT, NO_WRITE(2, 8, 0.5), .logprobs = true, .temperature = true,
      .context = 1047576, .shutdown = "2027-01-14" },
    { "openai", "gpt-4.1-mini", "old", CHAT, NO_WRITE(0.40, 1.60, 0.10), .logprobs = true,
      .temperature = true, .context = 1047576, .shutdown = "2027-01-14" },
    { "openai", "gpt-4.1-nano", "old", CHAT, NO_WRITE(0.10, 0.40, 0.025), .logprobs = true,
      .temperature = true, .context = 1047576, .shutdown = "2026-10-23" },
    { "openai", "gpt-4o", "old", CHAT, NO_WRITE(2.5, 10, 1.25), .logprobs = true,
      .temperature = true, .context = 128000, .shutdown = "2027-01-14" },
    { "openai", "gpt-4o-mini", "old", CHAT, NO_WRITE(0.15, 0.60, 0.075), .logprobs = true,
      .temperature = true, .context = 128000, .shutdown = "2027-01-14" },
    { "openai", "o4-mini", "old", CHAT, NO_WRITE(1.1, 4.4, 0.275), .effort = "low",
      .context = 200000, .shutdown = "2026-10-23" },

    /* Anthropic. Which thinking may be switched off is a matter of the model; Haiku 4.5 has no effort. */
    { "anthropic", "claude-haiku-5-5", "classify", CHAT, PRICE(0.10, 0.50, 0.01, 0.125),
      ABOVE(100000, 0.50, 2.50), .effort = "low", .thinking = "disabled", .context = 1000000 },
    { "anthropic", "claude-sonnet-5-5", "summarise", CHAT, PRICE(2, 10, 0.1, 2.5),
      .effort = "low", .thinking = "between_tools", .context = 1000000 },
    { "anthropic", "claude-opus-5-5", "summarise", CHAT, PRICE(4, 20, 0.2, 5),
      .effort = "low", .context = 1000000 },
    { "anthropic", "claude-sonnet-5", "old", CHAT, PRICE(2, 10, 0.2, 2.5),
      .effort = "low", .thinking = "disabled", .context = 1000000 },
    { "anthropic", "claude-opus-4-8", "old", CHAT, PRICE(5, 25, 0.5, 6.25),
      .effort = "low", .thinking = "disabled", .context = 1000000 },
    { "anthropic", "claude-opus-4-7", "old", CHAT, PRICE(5, 25, 0.5, 6.25),
      .effort = "low", .thinking = "disabled", .context = 1000000 },
    { "anthropic", "claude-haiku-4-5", "old", CHAT, PRICE(1, 5, 0.1, 1.25), .temperature = true,
      .context = 200000 },

    /* Gemini. 3.7 and later have no minimal level. */
    { "gemini", "gemini-decision-1", DECIDER, .in = USD(0.10), .cached = USD(0.10),
      .cache_write = USD(0.10), .context = 262144 },
    { "gemini", "gemini-3.1-flash-lite", "classify", CHAT, NO_WRITE(0.25, 1.50, 0.025),
      .thinking = "MINIMAL", .context = 1048576 },
    { "gemini", "gemini-3.5-flash-lite", "classify", CHAT, NO_WRITE(0.30, 2.50, 0.03),
      .thinking = "MINIMAL", .context = 1048576 },
    { "gemini", "gemini-3.8-flash", "summarise", CHAT, NO_WRITE(0.75, 3.75, 0.075), PROMOTION,
      .thinking = "LOW", .context = 1048576 },
    { "gemini", "gemini-3.7-flash", "summarise", CHAT, NO_WRITE(0.75, 3.75, 0.075), PROMOTION,
      .thinking = "LOW", .context = 1048576 },
    { "gemini", "gemini-3.6-flash", "summarise", CHAT, NO_WRITE(0.75, 3.75, 0.075), PROMOTION,
      .thinking = "MINIMAL", .context = 1048576 },
    { "gemini", "gemini-3.5-flash", "old", CHAT, NO_WRITE(1.50, 9, 0.15),
      .thinking = "MINIMAL", .context = 1048576 },
    { "gemini", "gemini-3.1-pro-preview", "summarise", CHAT, NO_WRITE(2, 12, 0.2),
      ABOVE(200000, 4, 18), .thinking = "LOW", .context = 1048576 },
    { "gemini", "gemini-4-argon", "summarise", CHAT, NO_WRITE(2, 10, 0.1),
      .thinking = "LOW", .context = 1048576 },

    /* OpenRouter. The reply says what it cost; these are for the estimate before. */
    { "openrouter", "openai/gpt-6-luna-decisions", DECIDER, .in = USD(0.10), .cached = USD(0.10),
      .cache_write = USD(0.10), ABOVE(272000, 0.20, 0), .context = 922000 },
    { "openrouter", "typesafe/jev-1.14", DECIDER, .in = USD(0.042), .cached = USD(0.042),
      .cache_write = USD(0.042), .context = 262144 },
    { "openrouter", "~typesafe/jev-latest", DECIDER, .in = USD(0.042), .cached = USD(0.042),
      .cache_write = USD(0.042), .context = 262144 },
    { "openrouter", "perplexity/pplx-decider-flash-v1.2", DECIDER, .in = USD(0.01),
      .cached = USD(0.01), .cache_write = USD(0.01), .context = 262144 },
    { "openrouter", "liquid/d1.1", DECIDER, .in = USD(0.02), .cached = USD(0.02),
      .cache_write = USD(0.02), .context = 65536 },
    { "openrouter", "parallel/decisions-fast:free", DECIDER, .in = 0, .context = 32000 },
    { "openrouter", "openai/gpt-6-luna", "classify", CHAT, PRICE(0.10, 0.50, 0.01, 0.125),
      ABOVE(272000, 0.20, 0.75), .effort = "none", .logprobs = true, .context = 922000 },
    { "openrouter", "anthropic/claude-haiku-5.5", "classify", CHAT, PRICE(0.10, 0.50, 0.01, 0.125),
      ABOVE(100000, 0.50, 2.50), .effort = "none", .context = 1000000 },
    { "openrouter", "openai/gpt-oss-20b", "classify", CHAT, NO_WRITE(0.03, 0.13, 0.03),
      .effort = "low", .context = 131072 },
    { "openrouter", "qwen/qwen3.7-flash", "classify", CHAT, PRICE(0.03, 0.13, 0.006, 0.038),
      ABOVE(32000, 0.20, 0.80) /* two steps, the higher is taken */, .effort = "none", .context = 1000000 },
    { "openrouter", "google/gemini-3.1-flash-lite", "classify", CHAT, NO_WRITE(0.25, 1.50, 0.025),
      .effort = "none", .context = 1048576 },
    { "openrouter", "openai/gpt-6.1-terra", "summarise", CHAT, PRICE(1, 5, 0.05, 1.25),
      ABOVE(272000, 2, 7.5), .effort = "low", .context = 922000 },
    { "openrouter", "anthropic/claude-sonnet-5.5", "summarise", CHAT, PRICE(2, 10, 0.1, 2.5),
      .effort = "low", .context = 1000000 },
    { "openrouter", "google/gemini-3.8-flash", "summarise", CHAT, NO_WRITE(0.825, 4.125, 0.0825),
      .effort = "low", .context = 1048576 },

    /* Local decision models, as Ollama names them. */
    { "ollama", "nimble", DECIDER },
    { "ollama", "tev1", DECIDER },
    { "ollama", "clef", DECIDER },
    { "ollama", "clef-flash", DECIDER },
    { "ollama", "d1-omni:600m", DECIDER },
};
/* clang-format on */
const size_t wn_nmodels = WN_COUNT(wn_models);

/* "-2026-09-23", "-001", "@20261007", ":free", "-latest"; but "gpt-5-pro" is another model than "gpt-5". */
bool wn_model_variant(const char *rest)
{
    if (*rest == '\0' || *rest == ':' || *rest == '@')
        return true;
    return *rest == '-' && (strcmp(rest, "-latest") == 0 || strspn(rest + 1, "0123456789") >= 3);
}

const struct wn_model *wn_model_find(const char *provider, const char *name)
{
    const struct wn_model *best = NULL;
    size_t longest = 0;
    for (size_t i = 0; i < wn_nmodels; i++) {
        const struct wn_model *m = &wn_models[i];
        size_t n = strlen(m->name);
        if (n > longest && strcmp(m->provider, provider) == 0 && strncmp(m->name, name, n) == 0 &&
            wn_model_variant(name + n)) {
            best = m;
            longest = n;
        }
    }
    return best;
}
