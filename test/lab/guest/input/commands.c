#include "commands.h"

#include <string.h>
#include <unistd.h>

bool commands_read(struct commands *commands, void (*take)(char *line, void *context),
                   void *context) {
  size_t room = sizeof commands->text - commands->size;
  ssize_t bytes = read(commands->fd, commands->text + commands->size, room);
  if (bytes <= 0) return false;
  commands->size += (size_t)bytes;
  char *line = commands->text;
  for (char *end; (end = memchr(line, '\n', commands->size)) != NULL; line = end + 1) {
    *end = '\0';
    commands->size -= (size_t)(end + 1 - line);
    take(line, context);
  }
  memmove(commands->text, line, commands->size);
  return true;
}
