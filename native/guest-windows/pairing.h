#pragma once

/*
 * The line that `handglass guest pair DOMAIN` prints on the host:
 *
 *     handglass://192.168.122.1:18503/?pin=PIN&code=CODE
 *     handglass://[fd00::1]:18503/?pin=PIN&code=CODE
 *     handglass://127.0.0.1:18503/?code=CODE              without TLS: to this machine alone
 *
 * PIN is the SHA-256 of the certificate's public key, CODE 128 random bits, both in base64url.
 */

#include <stdbool.h>

#include "arena.h"

enum { PIN_SIZE = 43, CODE_SIZE = 22 };

/* Where the service is. */
struct endpoint {
  /* An IPv6 address is without brackets. */
  const char *address;
  unsigned port;
  /* NULL: plain, and only to this machine. */
  const char *pin;
};

struct pairing {
  struct endpoint endpoint;
  const char *code;
};

/* Gives what is wrong, in a clause, or NULL. White space around the string does not matter. */
const char *pairing_read(struct arena *arena, const char *string, struct pairing *pairing);

bool is_pin(const char *text);
