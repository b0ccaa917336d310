#pragma once

/* The agent's window, which is never shown: by it other processes of this user find the agent. */

#include <stdbool.h>

#include <windows.h>

extern const wchar_t *const agent_window_class;

enum {
  /* Read the pairing again, and connect now. */
  AGENT_RECONNECT = WM_APP,
};

/* False where no agent runs. */
bool tell_agent(UINT message);

/* Ends the agent and waits for it; true also where none runs. */
bool end_agent(void);
