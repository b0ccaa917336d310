#include "settings.h"

#include <string.h>

const char *const default_hotkey = "ctrl+alt+home";

static const char white[] = " \t\r";

static const char *read_line(struct arena *arena, const char *line, size_t size,
                             struct settings *settings);
static const char *add_hotkey(struct arena *arena, const char *value, struct settings *settings);
static const char *trimmed(struct arena *arena, const char *text, size_t size);

const char *settings_read(struct arena *arena, const char *text, struct settings *settings,
                          unsigned *line) {
  for (*line = 1;; ++*line) {
    size_t size = strcspn(text, "\n");
    const char *wrong = read_line(arena, text, size, settings);
    if (wrong != NULL || text[size] == '\0') return wrong;
    text += size + 1;
  }
}

const char *settings_add(struct arena *arena, const char *name, const char *value,
                         struct settings *settings) {
  if (equal(name, "hotkey")) return add_hotkey(arena, value, settings);
  if (!equal(name, "eject")) return "only hotkey and eject can be set";
  if (!starts_with_any_case(value, "PCI\\VEN_")) {
    return "what is ejected begins with PCI\\VEN_, as the Device Manager shows it";
  }
  if (settings->ejected_count == MOST_EJECTED) return "there are too many devices to eject";
  settings->ejected[settings->ejected_count++] = value;
  return NULL;
}

void settings_fill(struct settings *settings, const struct settings *kept) {
  struct settings said = *settings;
  *settings = *kept;
  if (said.hotkey_count > 0) {
    memcpy(settings->hotkeys, said.hotkeys, sizeof said.hotkeys);
    settings->hotkey_count = said.hotkey_count;
  }
  if (said.ejected_count > 0) {
    memcpy(settings->ejected, said.ejected, sizeof said.ejected);
    settings->ejected_count = said.ejected_count;
  }
}

void settings_put(struct text *text, const struct settings *settings) {
  for (size_t i = 0; i < settings->hotkey_count; i++) {
    text_put(text, joined(text->arena, "hotkey = ", settings->hotkeys[i].written, "\r\n", NULL));
  }
  for (size_t i = 0; i < settings->ejected_count; i++) {
    text_put(text, joined(text->arena, "eject = ", settings->ejected[i], "\r\n", NULL));
  }
}

bool names_device(const char *named, const char *instance) {
  if (!starts_with_any_case(instance, named)) return false;
  char behind = instance[strlen(named)];
  return behind == '\0' || behind == '&' || behind == '\\';
}

static const char *read_line(struct arena *arena, const char *line, size_t size,
                             struct settings *settings) {
  const char *content = trimmed(arena, line, size);
  if (*content == '\0' || *content == ';' || *content == '#') return NULL;
  const char *equals = strchr(content, '=');
  if (equals == NULL) return "there is no = in it";
  const char *name = trimmed(arena, content, (size_t)(equals - content));
  const char *value = trimmed(arena, equals + 1, strlen(equals + 1));
  return settings_add(arena, name, value, settings);
}

static const char *add_hotkey(struct arena *arena, const char *value, struct settings *settings) {
  if (settings->hotkey_count == MOST_HOTKEYS) return "there are too many hotkeys";
  size_t size = strcspn(value, white);
  struct hotkey keys;
  const char *wrong = hotkey_read(value, size, &keys);
  if (wrong != NULL) return wrong;
  size_t at = settings->hotkey_count++;
  settings->hotkeys[at].keys = keys;
  settings->hotkeys[at].seat = trimmed(arena, value + size, strlen(value + size));
  settings->hotkeys[at].written = value;
  return NULL;
}

static const char *trimmed(struct arena *arena, const char *text, size_t size) {
  while (size > 0 && strchr(white, text[size - 1]) != NULL) size--;
  size_t before = 0;
  while (before < size && strchr(white, text[before]) != NULL) before++;
  return arena_copy(arena, text + before, size - before);
}
