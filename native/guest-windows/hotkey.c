#include "hotkey.h"

#include "text.h"

struct key_name {
  const char *name;
  unsigned value;
};

enum { SHIFT = 4 };

static const struct key_name modifiers[] = {{"alt", 1}, {"ctrl", 2}, {"shift", SHIFT}, {"win", 8}};

static const struct key_name keys[] = {
    {"backspace", 0x08}, {"tab", 0x09},      {"pause", 0x13},   {"break", 0x03},
    {"space", 0x20},     {"pageup", 0x21},   {"pagedown", 0x22}, {"end", 0x23},
    {"home", 0x24},      {"left", 0x25},     {"up", 0x26},      {"right", 0x27},
    {"down", 0x28},      {"insert", 0x2d},   {"delete", 0x2e},  {"apps", 0x5d},
    {"numlock", 0x90},   {"scrolllock", 0x91},
};

static const char *add_key(struct hotkey *hotkey, const char *name, size_t size);
static unsigned key_of(const char *text, size_t size);
static bool is_named(const char *text, size_t size, const char *name);

const char *hotkey_read(const char *text, size_t size, struct hotkey *hotkey) {
  *hotkey = (struct hotkey){0};
  size_t at = 0;
  do {
    size_t length = 0;
    while (at + length < size && text[at + length] != '+') length++;
    const char *wrong = add_key(hotkey, text + at, length);
    if (wrong != NULL) return wrong;
    at += length + 1;
  } while (at <= size);
  if (hotkey->key == 0) return "it names no key besides ctrl, alt, shift and win";
  bool is_typed = hotkey->key >= '0' && hotkey->key <= 'Z';
  bool is_alone = (hotkey->modifiers & ~(unsigned)SHIFT) == 0;
  return is_typed && is_alone ? "it would take a letter from all programs" : NULL;
}

static const char *add_key(struct hotkey *hotkey, const char *name, size_t size) {
  for (size_t i = 0; i < sizeof modifiers / sizeof *modifiers; i++) {
    if (!is_named(name, size, modifiers[i].name)) continue;
    hotkey->modifiers |= modifiers[i].value;
    return NULL;
  }
  unsigned key = key_of(name, size);
  if (key == 0) return "it names a key that is not known";
  if (hotkey->key != 0) return "it names two keys besides ctrl, alt, shift and win";
  hotkey->key = key;
  return NULL;
}

/* The virtual-key codes of digits and capitals are those of ASCII; function keys begin at 0x70. */
static unsigned key_of(const char *text, size_t size) {
  char first = size == 0 ? '\0' : text[0];
  char letter = (char)(first & ~' ');
  if (size == 1 && first >= '0' && first <= '9') return (unsigned)first;
  if (size == 1 && letter >= 'A' && letter <= 'Z') return (unsigned)letter;
  if (letter == 'F' && size >= 2 && size <= 3) {
    unsigned number = 0;
    for (size_t i = 1; i < size; i++) {
      if (text[i] < '0' || text[i] > '9') return 0;
      number = 10 * number + (unsigned)(text[i] - '0');
    }
    return text[1] != '0' && number <= 24 ? 0x6f + number : 0;
  }
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    if (is_named(text, size, keys[i].name)) return keys[i].value;
  }
  return 0;
}

static bool is_named(const char *text, size_t size, const char *name) {
  size_t at = 0;
  for (; at < size && name[at] != '\0'; at++) {
    if (text[at] != name[at] && (text[at] | ' ') != name[at]) return false;
  }
  return at == size && name[at] == '\0';
}
