#include "output.h"

#include <string.h>

#include "wide.h"

static const char label[] = "handglass-guest: ";

static void write_to(DWORD which, const char *string);

void print(const char *string) {
  write_to(STD_OUTPUT_HANDLE, string);
}

void print_aside(const char *string) {
  write_to(STD_ERROR_HANDLE, string);
}

int complain(struct failure failure) {
  struct arena arena = {0};
  struct text text = text_in(&arena);
  text_put(&text, label);
  text_put(&text, failure.what);
  text_put(&text, "\n");
  if (*failure.remedy != '\0') {
    text_put_spaces(&text, sizeof label - 1);
    text_put(&text, failure.remedy);
    text_put(&text, "\n");
  }
  write_to(STD_ERROR_HANDLE, text.bytes);
  arena_end(&arena);
  return failure.status == STATUS_BUSY ? STATUS_FAILED : failure.status;
}

static void write_to(DWORD which, const char *string) {
  HANDLE file = GetStdHandle(which);
  DWORD mode;
  DWORD written;
  if (GetConsoleMode(file, &mode)) {
    struct arena arena = {0};
    const wchar_t *text = wide(&arena, string);
    WriteConsoleW(file, text, (DWORD)wcslen(text), &written, NULL);
    arena_end(&arena);
    return;
  }
  if (WriteFile(file, string, (DWORD)strlen(string), &written, NULL)) return;
  // A reader that has seen enough is no failure.
  DWORD error = GetLastError();
  if (error == ERROR_NO_DATA || error == ERROR_BROKEN_PIPE) ExitProcess(STATUS_DONE);
}
