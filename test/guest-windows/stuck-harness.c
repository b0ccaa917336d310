/*
 * Sends by the client's own connection over a WinHTTP that takes a text and does not send it, while
 * another thread receives; then WinHTTP tells after all that it was sent, and it is sent to once more.
 * Prints what became of each, and how many texts WinHTTP was given:
 *
 *   send RESULT
 *   receive RESULT
 *   send RESULT
 *   given COUNT
 */

#include <stdio.h>

#include <windows.h>

#include <winhttp.h>

static unsigned given;

static DWORD take_and_keep(HINTERNET websocket, WINHTTP_WEB_SOCKET_BUFFER_TYPE type, void *bytes,
                           DWORD size) {
  (void)websocket, (void)type, (void)bytes, (void)size;
  given++;
  return NO_ERROR;
}

static DWORD never_receive(HINTERNET websocket, void *bytes, DWORD size, DWORD *received,
                           WINHTTP_WEB_SOCKET_BUFFER_TYPE *type) {
  (void)websocket, (void)bytes, (void)size, (void)received, (void)type;
  return NO_ERROR;
}

// From here on in their place.
#define WinHttpWebSocketSend take_and_keep
#define WinHttpWebSocketReceive never_receive

#include "../../native/guest-windows/connection.c"
#include "../../native/guest-windows/wire.c"

static struct connection connection;

static void send_once(void) {
  struct arena arena = {0};
  struct failure failure;
  bool is_sent = connection_send(&arena, &connection, "{}", &failure);
  printf("send %s\n", is_sent ? "done" : failure.what);
}

static DWORD WINAPI receive_once(void *context) {
  struct arena arena = {0};
  struct text message;
  struct failure failure;
  (void)context;
  bool is_received = connection_receive(&arena, &connection, &message, &failure);
  printf("receive %s\n", is_received ? "done" : failure.what);
  return 0;
}

int wmain(void) {
  connection.wire = wire_new();
  HANDLE receiver = CreateThread(NULL, 0, receive_once, NULL, 0, NULL);
  send_once();
  // Long before it would ask for a sign of life by itself.
  if (WaitForSingleObject(receiver, SILENCE_MS / 2) != WAIT_OBJECT_0) puts("receive waits");
  hear(NULL, (DWORD_PTR)connection.wire, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, NULL, 0);
  send_once();
  printf("given %u\n", given);
  return 0;
}
