/* outgoing.h: a request as it would leave, for `--show-prompt`. */
#ifndef WN_PIPELINE_OUTGOING_H
#define WN_PIPELINE_OUTGOING_H
#include "pipeline/engine.h"

/* Word for word, but with the key masked. */
void wn_outgoing_show(const struct wn_job *j, void (*show)(void *user, const struct wn_outgoing *o),
                      void *user);

#endif
