#pragma once

#include <stdbool.h>

/*
 * Tells the service manager the service's state, lines such as READY=1, by the protocol of
 * sd_notify(3). `*sent` is false when NOTIFY_SOCKET names nobody to tell. Returns the name of the
 * call that failed, with errno set, or NULL.
 */
const char *notify_send(const char *state, bool *sent);
