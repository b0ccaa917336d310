#include "agent-window.h"

const wchar_t *const agent_window_class = L"HandglassGuestAgent";

bool tell_agent(UINT message) {
  HWND window = FindWindowW(agent_window_class, NULL);
  return window != NULL && PostMessageW(window, message, 0, 0);
}

bool end_agent(void) {
  enum { MOST_MS = 5000 };
  DWORD id;
  HWND window = FindWindowW(agent_window_class, NULL);
  if (window == NULL) return true;
  GetWindowThreadProcessId(window, &id);
  HANDLE process = OpenProcess(SYNCHRONIZE, FALSE, id);
  PostMessageW(window, WM_CLOSE, 0, 0);
  if (process == NULL) return false;
  bool has_ended = WaitForSingleObject(process, MOST_MS) == WAIT_OBJECT_0;
  CloseHandle(process);
  return has_ended;
}
