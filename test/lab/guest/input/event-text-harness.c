/* Prints each line of event text on standard input as numbers, and as the text that they make. */

#include <stdio.h>
#include <string.h>

#include "event-text.h"

int main(void) {
  char text[4096];
  while (fgets(text, sizeof text, stdin) != NULL) {
    text[strcspn(text, "\n")] = '\0';
    struct input_event events[4];
    char *line = text;
    int count = events_from_line(&line, events, 4);
    if (count < 0) printf("stopped at %s", line);
    for (int i = 0; i < count; i++) {
      char word[WORD_ROOM];
      word_from_event(&events[i], word);
      printf("%s%u:%u=%d %s", i == 0 ? "" : " ", events[i].type, events[i].code, events[i].value,
             word);
    }
    puts("");
  }
  return 0;
}
