#pragma once

/*
 * What the agent is told by settings.ini, and by flags in the same words:
 *
 *     ; toggles the only seat
 *     hotkey = ctrl+alt+home
 *     ; toggles the seat of that name
 *     hotkey = ctrl+alt+insert desk
 *     ; ejects this device before Windows shuts down
 *     eject = PCI\VEN_1002&DEV_73BF
 */

#include <stdbool.h>

#include "hotkey.h"
#include "text.h"

enum { MOST_HOTKEYS = 8, MOST_EJECTED = 4 };

struct settings {
  struct {
    struct hotkey keys;
    /* Empty: the only seat */
    const char *seat;
    const char *written;
  } hotkeys[MOST_HOTKEYS];
  size_t hotkey_count;
  const char *ejected[MOST_EJECTED];
  size_t ejected_count;
};

extern const char *const default_hotkey;

/* Both give what is wrong, in a clause, or NULL. `*line` is where, counted from 1. */
const char *settings_read(struct arena *arena, const char *text, struct settings *settings,
                          unsigned *line);
const char *settings_add(struct arena *arena, const char *name, const char *value,
                         struct settings *settings);

/* Takes all hotkeys from `kept` where there are none, and all devices likewise. */
void settings_fill(struct settings *settings, const struct settings *kept);

/* The text that is read again as these. */
void settings_put(struct text *text, const struct settings *settings);

/* Whether a device's instance path begins, in whole words, with what a setting names. */
bool names_device(const char *named, const char *instance);
