#include "command.h"

static const struct verb_form {
  const char *name;
  enum verb verb;
  /* What its argument is called; NULL where it takes none. */
  const char *argument;
  bool is_optional;
  bool takes_settings;
} forms[] = {
    {"pair", VERB_PAIR, "STRING", false, false},
    {"status", VERB_STATUS, NULL, false, false},
    {"give", VERB_GIVE, "SEAT", false, false},
    {"release", VERB_RELEASE, "SEAT", false, false},
    {"toggle", VERB_TOGGLE, "SEAT", true, false},
    {"watch", VERB_WATCH, NULL, false, false},
    {"panel", VERB_PANEL, NULL, false, false},
    {"agent", VERB_AGENT, NULL, false, true},
    {"install", VERB_INSTALL, NULL, false, true},
    {"uninstall", VERB_UNINSTALL, NULL, false, false},
};

static const struct verb_form *form_of(const char *name);
static const char *read_flag(struct arena *arena, const struct verb_form *form,
                             const char *const *words, size_t count, size_t *at,
                             struct command *command);

const char *const help_text =
    "Asks the Handglass service on the host for seats: keyboard, mouse, USB devices.\n"
    "\n"
    "  pair STRING      pair with the host: what `handglass guest pair` prints there\n"
    "  status           show the seats that this guest may have\n"
    "  give SEAT        give a seat to this guest\n"
    "  release SEAT     give it back to the host\n"
    "  toggle [SEAT]    the one or the other; SEAT is needless where there is one\n"
    "  watch            print a line for each change, until interrupted\n"
    "  panel            print a link to the panel, for a browser in this guest\n"
    "  agent            stay beside the clock: hotkeys, a menu, news of failures\n"
    "  install          start the agent now and at every logon\n"
    "  uninstall        end it, and start it no more\n"
    "\n"
    "  --json           print JSON\n"
    "  --hotkey KEYS    of agent and install: what toggles a seat. ctrl+alt+home is\n"
    "                   for the only one; \"ctrl+alt+insert desk\" names one. May\n"
    "                   stand there again\n"
    "  --eject DEVICE   of agent and install: what to eject before Windows shuts\n"
    "                   down, such as a graphics card that does not reset:\n"
    "                   \"PCI\\VEN_1002&DEV_73BF\"\n"
    "                   What install is told stays until it is told otherwise, in\n"
    "                   %APPDATA%\\Handglass\\settings.ini\n"
    "  --help           print this help\n"
    "  --version        print the version\n"
    "\n"
    "Exit status: 0 done, 1 it failed, 2 wrong usage, 3 not paired or a damaged file,\n"
    "4 the service is not reached, 5 not permitted.\n";

const char *command_read(struct arena *arena, const char *const *words, size_t count,
                         struct command *command) {
  *command = (struct command){0};
  const struct verb_form *form = NULL;
  for (size_t at = 0; at < count; at++) {
    const char *word = words[at];
    if (starts_with(word, "--")) {
      const char *wrong = read_flag(arena, form, words, count, &at, command);
      if (wrong != NULL) return wrong;
    } else if (form == NULL) {
      form = form_of(word);
      if (form == NULL) return joined(arena, "There is no command \"", word, "\".", NULL);
      command->verb = form->verb;
    } else if (form->argument == NULL || command->word != NULL) {
      return joined(arena, "\"", word, "\" is one argument too many.", NULL);
    } else if (*word == '\0') {
      return joined(arena, form->argument, " cannot be \"\".", NULL);
    } else {
      command->word = word;
    }
  }
  if (command->help || command->version) return NULL;
  if (form == NULL) return "A command is missing.";
  bool is_short = form->argument != NULL && !form->is_optional && command->word == NULL;
  return is_short ? joined(arena, form->argument, " is missing.", NULL) : NULL;
}

static const struct verb_form *form_of(const char *name) {
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    if (equal(forms[i].name, name)) return &forms[i];
  }
  return NULL;
}

static const char *read_flag(struct arena *arena, const struct verb_form *form,
                             const char *const *words, size_t count, size_t *at,
                             struct command *command) {
  const char *flag = words[*at];
  if (equal(flag, "--help")) {
    command->help = true;
  } else if (equal(flag, "--version")) {
    command->version = true;
  } else if (equal(flag, "--json")) {
    command->json = true;
  } else if (form != NULL && form->takes_settings &&
             (equal(flag, "--hotkey") || equal(flag, "--eject"))) {
    if (*at + 1 == count) return joined(arena, flag, " needs a value behind it.", NULL);
    const char *value = words[++*at];
    const char *wrong = settings_add(arena, flag + 2, value, &command->settings);
    if (wrong != NULL) return joined(arena, flag, " cannot be \"", value, "\": ", wrong, ".", NULL);
  } else {
    return joined(arena, "There is no flag ", flag, form == NULL ? "" : " of this command", ".",
                  NULL);
  }
  return NULL;
}
