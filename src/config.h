/* config.h: every setting, one row each in config.c; keys and addresses in the providers' rows.
 *
 * Order: command line, environment, ./.env, $XDG_CONFIG_HOME/winnow/env, default. Settings are read
 * once, when the context opens. */
#ifndef WN_CONFIG_H
#define WN_CONFIG_H
#include "base/arena.h"

struct wn_config;

/* `given` beat everything else; a name that is no setting, a value out of range and a settings file
 * that cannot be read are errors with file and line. On success *out is the caller's. */
enum wn_code wn_config_load(const struct wn_setting *given, size_t ngiven, struct wn_config **out,
                            struct wn_error *err);
void wn_config_free(struct wn_config *c);
/* The value, or NULL where it is not set and has no default. `name` must be a setting (asserted). */
const char *wn_config_get(const struct wn_config *c, const char *name);
int64_t wn_config_int(const struct wn_config *c, const char *name);
double wn_config_num(const struct wn_config *c, const char *name);
/* $XDG_CONFIG_HOME/winnow */
const char *wn_config_dir(const struct wn_config *c);
/* The i-th row with value and origin; c may be NULL. */
bool wn_config_at(const struct wn_config *c, size_t i, struct wn_config_row *out);

#endif
