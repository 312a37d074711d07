/* chat.h: the parts of chat completions that OpenRouter's dialect of it takes over; see openai.c. */
#ifndef WN_PROVIDER_CHAT_H
#define WN_PROVIDER_CHAT_H
#include "provider/format.h"

enum wn_code wn_chat_build(const struct wn_call *c, struct wn_arena *a, struct wn_request *out,
                           struct wn_error *err);
/* A reply that is no failure: usage, model, text or why there is none. */
void wn_chat_read(const struct wn_call *c, const cJSON *tree, struct wn_arena *a,
                  struct wn_reply *out);

#endif
