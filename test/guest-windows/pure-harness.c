/*
 * Text in, text out, for the parts of native/guest-windows that know no Windows. A line is a word
 * and a JSON array of strings, and is answered with lines of text and a dot:
 *
 *   json ["TEXT"]              the value written anew, or `nothing`
 *   pairing ["STRING"]         address, port, pin and code, or what is wrong
 *   loopback ["ADDRESS"]
 *   hotkey ["KEYS"]            modifiers and key, or what is wrong
 *   settings ["TEXT"]          the settings written anew, or the line and what is wrong
 *   device ["NAMED", "INSTANCE"]
 *   command ["WORD"…]          the command, or what is wrong
 *   state ["STATE"]
 *   changes ["BEFORE", "AFTER"]
 *   answer ["MESSAGE"]         status, what and remedy of an error, or the result
 *   request ["NAME", "VALUE"]
 *   waits []                   milliseconds before each attempt, up to the longest
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../native/guest-windows/address.h"
#include "../../native/guest-windows/backoff.h"
#include "../../native/guest-windows/command.h"
#include "../../native/guest-windows/pairing.h"
#include "../../native/guest-windows/protocol.h"
#include "../../native/guest-windows/render-change.h"
#include "../../native/guest-windows/render-state.h"

enum { MOST_WORDS = 16 };

static struct arena arena;
static const char *words[MOST_WORDS];
static size_t count;

static void put_value(struct text *text, struct json value) {
  const char *string = json_string(&arena, value);
  if (string != NULL) return json_put_string(text, string);
  if (*value.at != '[') return text_put_bytes(text, value.at, (size_t)(value.end - value.at));
  text_put(text, "[");
  for (struct json each = json_first(value); json_is_some(each); each = json_after(value, each)) {
    if (text->bytes[text->size - 1] != '[') text_put(text, ",");
    put_value(text, each);
  }
  text_put(text, "]");
}

/* Exactly as long as it is, so that a look behind its end is seen. */
static struct json read_exact(const char *string) {
  size_t size = strlen(string);
  char *copy = arena_take(&arena, size);
  memcpy(copy, string, size);
  return json_read(copy, size);
}

static void json(void) {
  struct json value = read_exact(words[0]);
  struct text text = text_in(&arena);
  if (!json_is_some(value)) return (void)puts("nothing");
  put_value(&text, value);
  puts(text.bytes);
  struct json member = json_member(value, "key");
  if (json_is_some(member)) printf("key %.*s\n", (int)(member.end - member.at), member.at);
}

static void pairing(void) {
  struct pairing read;
  const char *wrong = pairing_read(&arena, words[0], &read);
  if (wrong != NULL) return (void)puts(wrong);
  const char *pin = read.endpoint.pin == NULL ? "none" : read.endpoint.pin;
  printf("%s %u %s %s\n", read.endpoint.address, read.endpoint.port, pin, read.code);
}

static void hotkey(void) {
  struct hotkey keys;
  const char *wrong = hotkey_read(words[0], strlen(words[0]), &keys);
  if (wrong != NULL) return (void)puts(wrong);
  printf("%u %u\n", keys.modifiers, keys.key);
}

static void settings(void) {
  struct settings read = {0};
  unsigned line;
  struct text text = text_in(&arena);
  const char *wrong = settings_read(&arena, words[0], &read, &line);
  if (wrong != NULL) return (void)printf("%u: %s\n", line, wrong);
  settings_put(&text, &read);
  printf("%s", text.bytes);
}

static void command(void) {
  struct command read;
  const char *wrong = command_read(&arena, words, count, &read);
  if (wrong != NULL) return (void)puts(wrong);
  printf("%d %s%s%s\n", (int)read.verb, read.word == NULL ? "none" : read.word,
         read.json ? " json" : "", read.help ? " help" : "");
}

static void answer(void) {
  struct failure failure;
  struct json result = result_in(&arena, read_exact(words[0]), &failure);
  if (json_is_some(result)) return (void)printf("%.*s\n", (int)(result.end - result.at), result.at);
  printf("%d %s|%s\n", (int)failure.status, failure.what, failure.remedy);
}

static void state(void) {
  struct text text = text_in(&arena);
  put_state(&text, read_exact(words[0]));
  printf("%s", text.bytes);
}

static void changes(void) {
  struct text text = text_in(&arena);
  put_changes(&text, "now", read_exact(words[0]), read_exact(words[1]));
  printf("%s", text.bytes);
}

static void request(void) {
  const char *const parameters[2][2] = {{words[0], words[1]}};
  puts(request_text(&arena, 7, "seat.give", parameters));
}

static void waits(void) {
  unsigned wait_ms = FIRST_WAIT_MS;
  for (; wait_ms < LONGEST_WAIT_MS; wait_ms = longer_wait(wait_ms)) printf("%u\n", wait_ms);
  printf("%u\n%u\n", wait_ms, longer_wait(wait_ms));
}

static void obey(const char *word) {
  if (equal(word, "json")) json();
  if (equal(word, "pairing")) pairing();
  if (equal(word, "loopback")) puts(is_loopback(words[0]) ? "yes" : "no");
  if (equal(word, "hotkey")) hotkey();
  if (equal(word, "settings")) settings();
  if (equal(word, "device")) puts(names_device(words[0], words[1]) ? "yes" : "no");
  if (equal(word, "command")) command();
  if (equal(word, "state")) state();
  if (equal(word, "changes")) changes();
  if (equal(word, "answer")) answer();
  if (equal(word, "request")) request();
  if (equal(word, "waits")) waits();
}

int main(void) {
  static char line[1 << 20];
  while (fgets(line, sizeof line, stdin) != NULL) {
    char *behind = line + strcspn(line, " \n");
    size_t size = strcspn(behind, "\n");
    struct json list = json_read(behind, size);
    *behind = '\0';
    count = 0;
    for (struct json each = json_first(list); json_is_some(each); each = json_after(list, each)) {
      words[count++] = json_string(&arena, each);
    }
    obey(line);
    puts(".");
    fflush(stdout);
    arena_end(&arena);
  }
}
