#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
  /* The most descriptors in one message. */
  NOTIFY_MOST_FDS = 32,
  /* The longest FDNAME that systemd takes, and its end. */
  NOTIFY_NAME_ROOM = 256,
};

/*
 * Tells the service manager the service's state, lines such as READY=1, by the protocol of
 * sd_notify(3); with it go descriptors for the store when the state has FDSTORE=1. They stay the
 * caller's to close. `*sent` is false when NOTIFY_SOCKET names nobody to tell. Returns the name of
 * the call that failed, with errno set, or NULL. EMSGSIZE: more than NOTIFY_MOST_FDS.
 */
const char *notify_send(const char *state, const int *fds, size_t count, bool *sent);

struct inherited {
  char name[NOTIFY_NAME_ROOM];
  int fd;
};

/*
 * Lists the descriptors that the service manager passed at the start, by the protocol of
 * sd_listen_fds_with_names(3), and keeps them from children. The variables are unset, whatever
 * comes of it, so it finds them once; to be called while no other thread uses the environment.
 * Returns the name of the call that failed, with errno set, or NULL; or the name of the variable,
 * with EINVAL when it makes no sense and E2BIG for more than `room`. The descriptors stay open then.
 */
const char *notify_inherited(struct inherited *list, size_t room, size_t *count);
