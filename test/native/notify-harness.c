/*
 * Stands for a service manager: binds the datagram socket whose name is given as in NOTIFY_SOCKET,
 * prints a line when it listens, and then the first message that it gets.
 */

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int count, char **arguments) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t size = count == 2 ? strlen(arguments[1]) : sizeof address.sun_path;
  if (size >= sizeof address.sun_path) return 2;
  memcpy(address.sun_path, arguments[1], size);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0) return 1;
  // Ends by itself when nobody sends.
  alarm(20);
  puts("listening");
  fflush(stdout);
  char message[4096];
  ssize_t bytes = recv(fd, message, sizeof message, 0);
  if (bytes < 0) return 1;
  fwrite(message, 1, (size_t)bytes, stdout);
  return 0;
}
