#include "pairing.h"

#include <string.h>

#include "address.h"
#include "text.h"

static const char *const scheme = "handglass://";

static const char *take_address(struct arena *arena, const char **at, struct endpoint *endpoint);
static const char *take_port(const char **at, struct endpoint *endpoint);
static const char *take_parameter(struct arena *arena, const char **at, struct pairing *pairing);
static const char *put_once(const char **place, const char *value, const char *twice);
static bool is_base64url(const char *text, size_t size);
static const char *trimmed(struct arena *arena, const char *string);

const char *pairing_read(struct arena *arena, const char *string, struct pairing *pairing) {
  *pairing = (struct pairing){0};
  const char *at = trimmed(arena, string);
  if (!starts_with(at, scheme)) return "it does not begin with handglass://";
  at += strlen(scheme);
  const char *wrong = take_address(arena, &at, &pairing->endpoint);
  if (wrong == NULL) wrong = take_port(&at, &pairing->endpoint);
  if (wrong != NULL) return wrong;
  if (!starts_with(at, "/?")) return "no /? stands behind the port";
  at++;
  while (*at != '\0') {
    at++;
    wrong = take_parameter(arena, &at, pairing);
    if (wrong != NULL) return wrong;
  }
  if (pairing->code == NULL) {
    return "the code is missing; what stands behind an & is cut off outside quotes";
  }
  if (!is_base64url(pairing->code, CODE_SIZE)) return "the code is not 22 characters of base64url";
  const char *pin = pairing->endpoint.pin;
  if (pin != NULL && !is_pin(pin)) return "the pin is not 43 characters of base64url";
  if (pin == NULL && !is_loopback(pairing->endpoint.address)) {
    return "the pin is missing, without which the host cannot be told from another machine";
  }
  return NULL;
}

bool is_pin(const char *text) {
  return is_base64url(text, PIN_SIZE);
}

static const char *take_address(struct arena *arena, const char **at, struct endpoint *endpoint) {
  bool bracketed = **at == '[';
  const char *first = *at + bracketed;
  size_t size = strcspn(first, bracketed ? "]" : ":/");
  if (size == 0) return "there is no address in it";
  *at = first + size;
  if (bracketed && *(*at)++ != ']') return "the bracket around its address is not closed";
  endpoint->address = arena_copy(arena, first, size);
  bool is_address = bracketed ? is_ipv6(endpoint->address) : is_ipv4(endpoint->address);
  return is_address ? NULL : "its address is no IP address, such as 192.168.122.1 or [fd00::1]";
}

static const char *take_port(const char **at, struct endpoint *endpoint) {
  if (**at != ':') return "there is no port behind its address";
  size_t digits = strspn(++*at, "0123456789");
  unsigned port = 0;
  for (size_t i = 0; i < digits && port <= 65535; i++) {
    port = 10 * port + (unsigned)((*at)[i] - '0');
  }
  if (port == 0 || port > 65535) return "its port is not between 1 and 65535";
  endpoint->port = port;
  *at += digits;
  return NULL;
}

/* Parameters of other names are for later versions. */
static const char *take_parameter(struct arena *arena, const char **at, struct pairing *pairing) {
  const char *parameter = arena_copy(arena, *at, strcspn(*at, "&"));
  *at += strlen(parameter);
  if (starts_with(parameter, "pin=")) {
    return put_once(&pairing->endpoint.pin, parameter + 4, "there are two pins in it");
  }
  if (starts_with(parameter, "code=")) {
    return put_once(&pairing->code, parameter + 5, "there are two codes in it");
  }
  return NULL;
}

static const char *put_once(const char **place, const char *value, const char *twice) {
  if (*place != NULL) return twice;
  *place = value;
  return NULL;
}

static bool is_base64url(const char *text, size_t size) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return strspn(text, digits) == size && text[size] == '\0';
}

static const char *trimmed(struct arena *arena, const char *string) {
  static const char white[] = " \t\r\n";
  string += strspn(string, white);
  size_t size = strlen(string);
  while (size > 0 && strchr(white, string[size - 1]) != NULL) size--;
  return arena_copy(arena, string, size);
}
