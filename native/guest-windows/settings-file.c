#include "settings-file.h"

#include <windows.h>

#include <shlobj.h>

#include "folder.h"
#include "wide.h"

static const wchar_t *path_of(struct arena *arena, struct failure *failure);
static bool fail(struct arena *arena, const wchar_t *path, const char *what,
                 struct failure *failure);

bool settings_load(struct arena *arena, struct settings *settings, struct failure *failure) {
  const wchar_t *path = path_of(arena, failure);
  DWORD size;
  unsigned line;
  struct settings kept = {0};
  if (path == NULL) return false;
  const char *content = read_file(arena, path, &size);
  if (content == NULL && GetLastError() != ERROR_FILE_NOT_FOUND) {
    return fail(arena, path, "cannot be read", failure);
  }
  const char *wrong = content == NULL ? NULL : settings_read(arena, content, &kept, &line);
  if (wrong != NULL) {
    *failure = (struct failure){
        STATUS_CONFIG,
        joined(arena, narrow(arena, path), " line ", number_text(arena, line), ": ", wrong, ".",
               NULL),
        "Correct the line, or delete the file and set all anew with "
        "`handglass-guest install --hotkey KEYS`."};
    return false;
  }
  settings_fill(settings, &kept);
  return true;
}

bool settings_keep(struct arena *arena, const struct settings *settings, struct failure *failure) {
  const wchar_t *path = path_of(arena, failure);
  struct text text = text_in(arena);
  if (path == NULL) return false;
  settings_put(&text, settings);
  if (write_file(arena, path, text.bytes, (DWORD)text.size)) return true;
  return fail(arena, path, "cannot be written", failure);
}

static const wchar_t *path_of(struct arena *arena, struct failure *failure) {
  return file_of_user(arena, CSIDL_APPDATA, L"\\Handglass\\settings.ini", failure);
}

static bool fail(struct arena *arena, const wchar_t *path, const char *what,
                 struct failure *failure) {
  const char *reason = reason_of(arena, GetLastError());
  *failure = (struct failure){
      STATUS_FAILED, joined(arena, narrow(arena, path), " ", what, ": ", reason, ".", NULL), ""};
  return false;
}
