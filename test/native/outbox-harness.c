/*
 * Event text in, event text out, for native/outbox.c; words as in chords-text.h. A line is
 *
 *   reset
 *   put a+ x=3     one report
 *   write 5        the reader takes up to five events
 *
 * It answers with the reports that the reader has got whole, and ends each answer with a dot.
 */

#include "../../native/outbox.h"
#include "chords-text.h"

static struct outbox outbox;
static key_set meant;
static char taken[16 * 1024];

static void put(void) {
  for (char *word; (word = strtok(NULL, " ")) != NULL;) {
    struct input_event event = event_of(word, 0);
    if (event.type == EV_KEY) put_key(meant, event.code, event.value != 0);
    outbox_put(&outbox, event.type, event.code, event.value);
  }
  outbox_end(&outbox);
}

static void write_events(size_t count) {
  if (count > outbox.whole) count = outbox.whole;
  for (size_t i = 0; i < count; i++) {
    if (outbox.events[i].type != EV_SYN) {
      append_event(taken, &outbox.events[i]);
      continue;
    }
    puts(taken + 1);
    *taken = '\0';
  }
  outbox_written(&outbox, count);
  outbox_catch_up(&outbox, meant);
}

int main(void) {
  static char line[64 * 1024];
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    const char *word = strtok(line, " ");
    if (strcmp(word, "put") == 0) {
      put();
    } else if (strcmp(word, "write") == 0) {
      write_events((size_t)atoi(strtok(NULL, " ")));
    } else {
      memset(&outbox, 0, sizeof outbox);
      memset(meant, 0, sizeof meant);
      *taken = '\0';
    }
    puts(".");
    fflush(stdout);
  }
}
