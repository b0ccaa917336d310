#include "address.h"

#include <string.h>

#include "text.h"

bool is_ipv4(const char *text) {
  for (unsigned numbers = 1;; numbers++) {
    unsigned number = 0;
    size_t digits = strspn(text, "0123456789");
    bool has_zero_in_front = digits > 1 && *text == '0';
    if (digits == 0 || digits > 3 || has_zero_in_front) return false;
    for (size_t i = 0; i < digits; i++) number = 10 * number + (unsigned)(*text++ - '0');
    if (number > 255) return false;
    if (numbers == 4) return *text == '\0';
    if (*text++ != '.') return false;
  }
}

/* Eight groups, or fewer where :: stands once for those of zeros; an IPv4 address is two. */
bool is_ipv6(const char *text) {
  unsigned groups = 0;
  bool is_shortened = starts_with(text, "::");
  if (is_shortened) text += 2;
  while (*text != '\0') {
    if (is_ipv4(text)) {
      groups += 2;
      break;
    }
    size_t digits = strspn(text, "0123456789abcdefABCDEF");
    if (digits == 0 || digits > 4) return false;
    groups++;
    text += digits;
    if (*text == '\0') break;
    if (*text++ != ':') return false;
    if (*text == ':') {
      if (is_shortened) return false;
      is_shortened = true;
      text++;
    } else if (*text == '\0') {
      return false;
    }
  }
  return is_shortened ? groups < 8 : groups == 8;
}

bool is_loopback(const char *text) {
  return equal(text, "::1") || (is_ipv4(text) && starts_with(text, "127."));
}
