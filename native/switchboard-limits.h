#pragma once

/* The most of each thing that the switchboard holds. Fixed, since its thread allocates nothing. */
enum {
  LIMIT_DEVICES = 64,
  LIMIT_SEATS = 16,
  LIMIT_CHORDS = 64,
  LIMIT_CHORD_KEYS = 8,
};
