#pragma once

/* The command line as data. */

#include "settings.h"

enum verb {
  VERB_NONE,
  VERB_PAIR,
  VERB_STATUS,
  VERB_GIVE,
  VERB_RELEASE,
  VERB_TOGGLE,
  VERB_WATCH,
  VERB_PANEL,
  VERB_AGENT,
  VERB_INSTALL,
  VERB_UNINSTALL,
};

struct command {
  enum verb verb;
  /* A seat, or a pairing string; NULL where none is given. */
  const char *word;
  bool json;
  bool help;
  bool version;
  /* What flags say, which goes before what the file says. */
  struct settings settings;
};

/* Gives what is wrong, in a sentence, or NULL. `words` do not begin with the program. */
const char *command_read(struct arena *arena, const char *const *words, size_t count,
                         struct command *command);

extern const char *const help_text;
