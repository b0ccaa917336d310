#pragma once

/* The most of each thing that the switchboard holds. Fixed, since forwarding allocates nothing. */
enum {
  LIMIT_DEVICES = 64,
  LIMIT_SEATS = 16,
  LIMIT_CHORDS = 64,
  LIMIT_CHORD_KEYS = 8,
  /* The host, which is target 0, and domains. */
  LIMIT_TARGETS = 16,
  /* Proxies. */
  LIMIT_SINKS = 64,
};
