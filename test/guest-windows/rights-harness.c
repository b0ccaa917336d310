/*
 * Writes a file with the client's own write_file, and prints the rights (SDDL) that Windows is told of
 * for each folder and file that is made, and those that it then says the file has:
 *
 *   rights-harness FILE
 *   made NAME RIGHTS
 *   kept NAME RIGHTS
 */

#include <stdio.h>
#include <wchar.h>

#include <windows.h>

#include <aclapi.h>
#include <sddl.h>

static void print_rights(const char *what, const wchar_t *path, PSECURITY_DESCRIPTOR descriptor) {
  wchar_t *text;
  const wchar_t *slash = wcsrchr(path, L'\\');
  if (!ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, SDDL_REVISION_1,
                                                            DACL_SECURITY_INFORMATION, &text,
                                                            NULL)) {
    text = L"none";
  }
  printf("%s %ls %ls\n", what, slash == NULL ? path : slash + 1, text);
}

static BOOL told_create_directory(const wchar_t *path, SECURITY_ATTRIBUTES *security) {
  print_rights("made", path, security->lpSecurityDescriptor);
  return CreateDirectoryW(path, security);
}

static HANDLE told_create_file(const wchar_t *path, DWORD access, DWORD share,
                               SECURITY_ATTRIBUTES *security, DWORD how, DWORD flags,
                               HANDLE template) {
  print_rights("made", path, security->lpSecurityDescriptor);
  return CreateFileW(path, access, share, security, how, flags, template);
}

// From here on in their place.
#define CreateDirectoryW told_create_directory
#define CreateFileW told_create_file

#include "../../native/guest-windows/folder.c"

int wmain(int count, wchar_t **words) {
  struct arena arena = {0};
  PSECURITY_DESCRIPTOR descriptor;
  if (count != 2 || !write_file(&arena, words[1], "x", 1) ||
      GetNamedSecurityInfoW(words[1], SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, NULL,
                            NULL, &descriptor) != ERROR_SUCCESS) {
    return 1;
  }
  print_rights("kept", words[1], descriptor);
  return 0;
}
