/*
 * Both ends of native/notify.c, without Node.
 *
 *   manager SOCKET   stands for a service manager: binds the datagram socket whose name is given as
 *                    in NOTIFY_SOCKET, prints a line when it listens, then the first message that it
 *                    gets, and then the content of each file that came with it, a line each
 *   send STATE N     sends a state with N descriptors of standard input
 *   inherited ROOM   prints name, descriptor and content of each file that was passed at the start,
 *                    whether a child would have it, and which of the variables are left
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../native/notify.h"

static int fail(const char *what) {
  printf("%s: %s\n", what, strerrorname_np(errno));
  return 1;
}

static void print_content(int fd) {
  char content[64];
  ssize_t size = pread(fd, content, sizeof content, 0);
  printf("%.*s\n", size < 0 ? 0 : (int)size, content);
}

static int manager(const char *name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t size = strlen(name);
  if (size >= sizeof address.sun_path) return 2;
  memcpy(address.sun_path, name, size);
  if (name[0] == '@') address.sun_path[0] = '\0';
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0) return fail("bind");
  // Ends by itself when nobody sends.
  alarm(20);
  puts("listening");
  fflush(stdout);

  char text[4096];
  int fds[NOTIFY_MOST_FDS];
  _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fds)];
  struct iovec room = {.iov_base = text, .iov_len = sizeof text};
  struct msghdr message = {.msg_iov = &room,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof control};
  ssize_t bytes = recvmsg(fd, &message, 0);
  if (bytes < 0) return fail("recvmsg");
  fwrite(text, 1, (size_t)bytes, stdout);
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header == NULL) return 0;
  size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof *fds;
  memcpy(fds, CMSG_DATA(header), count * sizeof *fds);
  puts("");
  for (size_t i = 0; i < count; i++) print_content(fds[i]);
  return 0;
}

static int send_state(const char *state, size_t count) {
  int fds[NOTIFY_MOST_FDS + 1];
  for (size_t i = 0; i < count; i++) fds[i] = STDIN_FILENO;
  bool sent;
  const char *failed = notify_send(state, fds, count, &sent);
  if (failed != NULL) return fail(failed);
  puts(sent ? "sent" : "nobody to tell");
  return 0;
}

static int inherited(size_t room) {
  struct inherited list[8];
  size_t count;
  const char *failed = notify_inherited(list, room, &count);
  const char *variables[] = {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"};
  for (size_t i = 0; i < 3; i++) {
    if (getenv(variables[i]) != NULL) printf("%s is left\n", variables[i]);
  }
  if (failed != NULL) return fail(failed);
  for (size_t i = 0; i < count; i++) {
    bool is_kept = fcntl(list[i].fd, F_GETFD) & FD_CLOEXEC;
    printf("%s %d %s ", list[i].name, list[i].fd, is_kept ? "kept" : "passed on");
    print_content(list[i].fd);
  }
  return 0;
}

int main(int count, char **arguments) {
  const char *mode = count > 2 ? arguments[1] : "";
  if (strcmp(mode, "manager") == 0) return manager(arguments[2]);
  if (strcmp(mode, "send") == 0 && count == 4) return send_state(arguments[2], strtoul(arguments[3], NULL, 10));
  if (strcmp(mode, "inherited") == 0) return inherited(strtoul(arguments[2], NULL, 10));
  return 2;
}
