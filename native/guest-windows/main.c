#include <windows.h>

#include <shellapi.h>

#include "agent.h"
#include "command.h"
#include "install.h"
#include "output.h"
#include "verbs.h"
#include "wide.h"

static int run(struct arena *arena, struct command *command);

int main(void) {
  struct arena arena = {0};
  struct command command;
  int count;
  wchar_t **given = CommandLineToArgvW(GetCommandLineW(), &count);
  const char **words = arena_take(&arena, (size_t)count * sizeof *words);
  for (int i = 1; i < count; i++) words[i - 1] = narrow(&arena, given[i]);
  const char *wrong = command_read(&arena, words, (size_t)count - 1, &command);
  if (wrong != NULL) {
    return complain((struct failure){STATUS_USAGE, wrong, "See `handglass-guest --help`."});
  }
  return run(&arena, &command);
}

static int run(struct arena *arena, struct command *command) {
  if (command->help || command->version) {
    print(command->help ? help_text : HANDGLASS_VERSION "\n");
    return STATUS_DONE;
  }
  switch (command->verb) {
    case VERB_AGENT:
      return run_agent(arena, &command->settings);
    case VERB_INSTALL:
      return install(arena, command);
    case VERB_UNINSTALL:
      return uninstall(arena, command);
    default:
      return run_verb(arena, command);
  }
}
