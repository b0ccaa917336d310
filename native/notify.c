#include "notify.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* SD_LISTEN_FDS_START */
enum { FIRST_INHERITED = 3 };

static bool address_of(const char *name, struct sockaddr_un *address, socklen_t *length);
static ssize_t send_all(int fd, struct msghdr *message, const int *fds, size_t count);
static const char *list_inherited(struct inherited *list, size_t room, size_t *count);
static bool to_number(const char *text, long most, long *number);
static const char *invalid(const char *variable);
static bool next_name(const char **rest, char *name);

const char *notify_send(const char *state, const int *fds, size_t count, bool *sent) {
  *sent = false;
  const char *name = getenv("NOTIFY_SOCKET");
  if (name == NULL || name[0] == '\0') return NULL;
  struct sockaddr_un address;
  socklen_t length;
  if (!address_of(name, &address, &length)) {
    errno = EAFNOSUPPORT;
    return "sendmsg";
  }
  if (count > NOTIFY_MOST_FDS) {
    errno = EMSGSIZE;
    return "sendmsg";
  }
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return "socket";
  struct iovec text = {.iov_base = (char *)state, .iov_len = strlen(state)};
  struct msghdr message = {
      .msg_name = &address, .msg_namelen = length, .msg_iov = &text, .msg_iovlen = 1};
  ssize_t result = send_all(fd, &message, fds, count);
  int error = errno;
  close(fd);
  errno = error;
  if (result < 0) return "sendmsg";
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

static ssize_t send_all(int fd, struct msghdr *message, const int *fds, size_t count) {
  size_t size = count * sizeof *fds;
  _Alignas(struct cmsghdr) char control[CMSG_SPACE(NOTIFY_MOST_FDS * sizeof *fds)] = {0};
  if (count > 0) {
    message->msg_control = control;
    message->msg_controllen = CMSG_SPACE(size);
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(header), fds, size);
  }
  return sendmsg(fd, message, MSG_NOSIGNAL);
}

const char *notify_inherited(struct inherited *list, size_t room, size_t *count) {
  const char *failed = list_inherited(list, room, count);
  int error = errno;
  unsetenv("LISTEN_PID");
  unsetenv("LISTEN_PIDFDID");
  unsetenv("LISTEN_FDS");
  unsetenv("LISTEN_FDNAMES");
  errno = error;
  return failed;
}

static const char *list_inherited(struct inherited *list, size_t room, size_t *count) {
  *count = 0;
  const char *pid_text = getenv("LISTEN_PID");
  const char *fds_text = getenv("LISTEN_FDS");
  const char *names = getenv("LISTEN_FDNAMES");
  if (pid_text == NULL || fds_text == NULL) return NULL;
  long pid;
  long total;
  if (!to_number(pid_text, INT_MAX, &pid)) return invalid("LISTEN_PID");
  // A process further up was meant, and what has these numbers here is something else.
  if (pid != getpid()) return NULL;
  if (!to_number(fds_text, INT_MAX - FIRST_INHERITED, &total)) {
    return invalid("LISTEN_FDS");
  }

  for (int fd = FIRST_INHERITED; fd < FIRST_INHERITED + total; fd++) {
    int flags = fcntl(fd, F_GETFD);
    if (flags < 0 || fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0) return "fcntl";
  }
  if ((size_t)total > room) {
    errno = E2BIG;
    return "LISTEN_FDS";
  }
  for (long i = 0; i < total; i++) {
    list[i] = (struct inherited){.name = "unknown", .fd = FIRST_INHERITED + (int)i};
    if (names == NULL) continue;
    if (!next_name(&names, list[i].name) || (names == NULL) != (i == total - 1)) {
      return invalid("LISTEN_FDNAMES");
    }
  }
  *count = (size_t)total;
  return NULL;
}

static bool to_number(const char *text, long most, long *number) {
  char *end;
  *number = strtol(text, &end, 10);
  return end != text && *end == '\0' && *number >= 0 && *number <= most;
}

static const char *invalid(const char *variable) {
  errno = EINVAL;
  return variable;
}

/* Takes a name off a list with colons in between; nothing is left, NULL, after the last. */
static bool next_name(const char **rest, char *name) {
  size_t size = strcspn(*rest, ":");
  if (size >= NOTIFY_NAME_ROOM) return false;
  memcpy(name, *rest, size);
  name[size] = '\0';
  *rest = (*rest)[size] == ':' ? *rest + size + 1 : NULL;
  return true;
}
