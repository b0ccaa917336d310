#pragma once

/* What a program that starts this one decides by; the same as the host's command line. */
enum status {
  STATUS_DONE = 0,
  STATUS_FAILED = 1,
  STATUS_USAGE = 2,
  /* Not paired, or a file of this client's is damaged. */
  STATUS_CONFIG = 3,
  STATUS_UNREACHED = 4,
  STATUS_NOT_PERMITTED = 5,
  /* The host has too much to do for now; such a program is told STATUS_FAILED. */
  STATUS_BUSY,
};

/* What failed and where, and what to do about it: sentences; the latter may be empty. */
struct failure {
  enum status status;
  const char *what;
  const char *remedy;
};
