#include "settings-file.h"

#include <windows.h>

#include "folder.h"
#include "wide.h"

static const wchar_t file_name[] = L"settings.ini";

bool settings_load(struct arena *arena, struct settings *settings, struct failure *failure) {
  const wchar_t *path = file_of_user(arena, file_name);
  DWORD size;
  unsigned line;
  struct settings kept = {0};
  const char *content = read_file(arena, path, &size);
  const char *wrong = content == NULL ? NULL : settings_read(arena, content, &kept, &line);
  if (wrong != NULL) {
    *failure = (struct failure){
        STATUS_CONFIG,
        joined(arena, narrow(arena, path), " line ", number_text(arena, line), ": ", wrong, ".",
               NULL),
        "Correct the line, or set all anew with `handglass-guest install --hotkey KEYS`."};
    return false;
  }
  struct settings said = *settings;
  if (said.hotkey_count == 0) *settings = kept;
  if (said.ejected_count > 0 || said.hotkey_count > 0) {
    const struct settings *ejecting = said.ejected_count > 0 ? &said : &kept;
    settings->ejected_count = ejecting->ejected_count;
    for (size_t i = 0; i < MOST_EJECTED; i++) settings->ejected[i] = ejecting->ejected[i];
  }
  if (settings->hotkey_count == 0) settings_add(arena, "hotkey", default_hotkey, settings);
  return true;
}

bool settings_keep(struct arena *arena, const struct settings *settings, struct failure *failure) {
  const wchar_t *path = file_of_user(arena, file_name);
  struct text text = text_in(arena);
  settings_put(&text, settings);
  if (write_file(arena, path, text.bytes, (DWORD)text.size)) return true;
  *failure = (struct failure){STATUS_FAILED,
                              joined(arena, narrow(arena, path), " cannot be written: ",
                                     reason_of(arena, GetLastError()), ".", NULL),
                              ""};
  return false;
}
