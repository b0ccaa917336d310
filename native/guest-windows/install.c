#include "install.h"

#include <windows.h>

#include <shlobj.h>

#include "agent-window.h"
#include "folder.h"
#include "json.h"
#include "output.h"
#include "settings-file.h"
#include "wide.h"

static const wchar_t run_key[] = L"Software\\Microsoft\\Windows\\CurrentVersion\\Run";
static const wchar_t run_name[] = L"Handglass";

static bool keep(struct arena *arena, struct settings *settings, struct failure *failure);
static const char *own_path(struct arena *arena);
static const char *installed_path(struct arena *arena, struct failure *failure);
static bool copy_program(struct arena *arena, const char *from, const char *to);
static bool start_at_logon(struct arena *arena, const char *path);
static bool start_now(struct arena *arena, const char *path);
static int fail(struct arena *arena, const char *what, const char *path);
static void report(struct arena *arena, bool json, const char *path, const char *sentence);

int install(struct arena *arena, struct command *command) {
  struct failure failure;
  const char *path = installed_path(arena, &failure);
  bool is_set = command->settings.hotkey_count + command->settings.ejected_count > 0;
  if (path == NULL) return complain(failure);
  if (is_set && !keep(arena, &command->settings, &failure)) return complain(failure);
  if (!end_agent()) return fail(arena, "The agent that runs does not end", NULL);
  if (!copy_program(arena, own_path(arena), path)) return fail(arena, "Cannot write", path);
  if (!start_at_logon(arena, path)) return fail(arena, "Cannot write the logon entry of", path);
  if (!start_now(arena, path)) return fail(arena, "Cannot start", path);
  report(arena, command->json, path, "installed: the agent runs now and from every logon on");
  return STATUS_DONE;
}

int uninstall(struct arena *arena, const struct command *command) {
  HKEY key;
  struct failure failure;
  const char *path = installed_path(arena, &failure);
  if (path == NULL) return complain(failure);
  if (RegOpenKeyExW(HKEY_CURRENT_USER, run_key, 0, KEY_SET_VALUE, &key) == ERROR_SUCCESS) {
    RegDeleteValueW(key, run_name);
    RegCloseKey(key);
  }
  if (!end_agent()) return fail(arena, "The agent that runs does not end", NULL);
  // What runs from there cannot delete itself; the file alone does nothing.
  DeleteFileW(wide(arena, path));
  report(arena, command->json, path, "uninstalled: the agent starts no more; the pairing is kept");
  return STATUS_DONE;
}

/* What an earlier install was told stays where this one says nothing of it. */
static bool keep(struct arena *arena, struct settings *settings, struct failure *failure) {
  return settings_load(arena, settings, failure) && settings_keep(arena, settings, failure);
}

static const char *own_path(struct arena *arena) {
  wchar_t path[MAX_PATH] = {0};
  GetModuleFileNameW(NULL, path, MAX_PATH - 1);
  return narrow(arena, path);
}

/* The program may have come on a disc. */
static const char *installed_path(struct arena *arena, struct failure *failure) {
  const wchar_t *path = file_of_user(arena, CSIDL_LOCAL_APPDATA,
                                     L"\\Programs\\Handglass\\handglass-guest.exe", failure);
  return path == NULL ? NULL : narrow(arena, path);
}

static bool copy_program(struct arena *arena, const char *from, const char *to) {
  wchar_t *path = wide(arena, to);
  if (CompareStringOrdinal(wide(arena, from), -1, path, -1, TRUE) == CSTR_EQUAL) return true;
  wchar_t *name = wcsrchr(path, L'\\');
  *name = L'\0';
  SHCreateDirectoryExW(NULL, path, NULL);
  *name = L'\\';
  // A file that comes from a disc is read-only, and so would its copy be.
  return CopyFileW(wide(arena, from), path, FALSE) &&
         SetFileAttributesW(path, FILE_ATTRIBUTE_NORMAL);
}

static bool start_at_logon(struct arena *arena, const char *path) {
  HKEY key;
  const wchar_t *line = wide(arena, joined(arena, "\"", path, "\" agent", NULL));
  LSTATUS status = RegCreateKeyExW(HKEY_CURRENT_USER, run_key, 0, NULL, 0, KEY_SET_VALUE, NULL,
                                   &key, NULL);
  if (status == ERROR_SUCCESS) {
    status = RegSetValueExW(key, run_name, 0, REG_SZ, (const BYTE *)line,
                            (DWORD)((wcslen(line) + 1) * sizeof *line));
    RegCloseKey(key);
  }
  SetLastError((DWORD)status);
  return status == ERROR_SUCCESS;
}

static bool start_now(struct arena *arena, const char *path) {
  STARTUPINFOW startup = {.cb = sizeof startup};
  PROCESS_INFORMATION process;
  wchar_t *line = wide(arena, joined(arena, "\"", path, "\" agent", NULL));
  if (!CreateProcessW(wide(arena, path), line, NULL, NULL, FALSE, DETACHED_PROCESS, NULL, NULL,
                      &startup, &process)) {
    return false;
  }
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
  return true;
}

static int fail(struct arena *arena, const char *what, const char *path) {
  const char *reason = reason_of(arena, GetLastError());
  const char *sentence = path == NULL ? joined(arena, what, ".", NULL)
                                      : joined(arena, what, " ", path, ": ", reason, ".", NULL);
  return complain((struct failure){STATUS_FAILED, sentence, ""});
}

static void report(struct arena *arena, bool json, const char *path, const char *sentence) {
  struct text text = text_in(arena);
  if (json) {
    text_put(&text, "{\"path\":");
    json_put_string(&text, path);
    text_put(&text, "}\n");
  } else {
    text_put(&text, joined(arena, sentence, "\n", NULL));
  }
  print(text.bytes);
}
