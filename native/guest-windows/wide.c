#include "wide.h"

#include <string.h>

wchar_t *wide(struct arena *arena, const char *string) {
  int size = MultiByteToWideChar(CP_UTF8, 0, string, -1, NULL, 0);
  wchar_t *result = arena_take(arena, ((size_t)size + 1) * sizeof *result);
  MultiByteToWideChar(CP_UTF8, 0, string, -1, result, size);
  return result;
}

char *narrow(struct arena *arena, const wchar_t *string) {
  int size = WideCharToMultiByte(CP_UTF8, 0, string, -1, NULL, 0, NULL, NULL);
  char *result = arena_take(arena, (size_t)size + 1);
  WideCharToMultiByte(CP_UTF8, 0, string, -1, result, size, NULL, NULL);
  return result;
}

const char *reason_of(struct arena *arena, DWORD error) {
  enum { ROOM = 512 };
  wchar_t message[ROOM];
  // The errors of WinHTTP, from 12000 on, have their texts in its library.
  DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_FROM_HMODULE |
                FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
  DWORD size = FormatMessageW(flags, GetModuleHandleW(L"winhttp.dll"), error, 0, message, ROOM,
                              NULL);
  while (size > 0 && (message[size - 1] == L' ' || message[size - 1] == L'.')) size--;
  message[size] = L'\0';
  const char *number = joined(arena, "error ", number_text(arena, error), NULL);
  return size == 0 ? number : joined(arena, narrow(arena, message), " (", number, ")", NULL);
}
