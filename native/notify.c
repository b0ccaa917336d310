#include "notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static bool address_of(const char *name, struct sockaddr_un *address, socklen_t *length);

const char *notify_send(const char *state, bool *sent) {
  *sent = false;
  const char *name = getenv("NOTIFY_SOCKET");
  if (name == NULL || name[0] == '\0') return NULL;
  struct sockaddr_un address;
  socklen_t length;
  if (!address_of(name, &address, &length)) {
    errno = EAFNOSUPPORT;
    return "sendto";
  }
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return "socket";
  ssize_t result =
      sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, length);
  int error = errno;
  close(fd);
  errno = error;
  if (result < 0) return "sendto";
  *sent = true;
  return NULL;
}

/* `/path` is a socket in the file system; `@name` an abstract one, whose first byte is NUL. */
static bool address_of(const char *name, struct sockaddr_un *address, socklen_t *length) {
  size_t size = strlen(name);
  if ((name[0] != '/' && name[0] != '@') || size >= sizeof address->sun_path) return false;
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  memcpy(address->sun_path, name, size);
  if (name[0] == '@') address->sun_path[0] = '\0';
  *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
  return true;
}
