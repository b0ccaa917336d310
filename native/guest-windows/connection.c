#include "connection.h"

#include <string.h>

#include <windows.h>
#include <winhttp.h>

#include "pin.h"
#include "protocol.h"
#include "wide.h"

enum {
  HANDSHAKE_MS = 5000,
  /* Between signs of life, so that a host that is gone without a word is missed. */
  KEEPALIVE_MS = 20000,
  MOST_BYTES = 1024 * 1024,
};

static bool begin(struct arena *arena, const struct endpoint *endpoint,
                  struct connection *connection, HINTERNET *request);
static void limit_protocols(HINTERNET session);
static bool shake_hands(struct arena *arena, const struct endpoint *endpoint, HINTERNET request,
                        struct failure *failure);
static bool is_host(HINTERNET request, const char *pin);
static bool fail_another(struct arena *arena, const struct endpoint *endpoint,
                         struct failure *failure);
static bool fail_unreached(struct arena *arena, const struct endpoint *endpoint, const char *reason,
                           struct failure *failure);

bool connection_open(struct arena *arena, const struct endpoint *endpoint,
                     struct connection *connection, struct failure *failure) {
  HINTERNET request = NULL;
  *connection = (struct connection){0};
  bool is_begun = begin(arena, endpoint, connection, &request);
  bool is_shaken = false;
  if (is_begun) {
    is_shaken = shake_hands(arena, endpoint, request, failure);
  } else {
    fail_unreached(arena, endpoint, reason_of(arena, GetLastError()), failure);
  }
  if (is_shaken) {
    connection->websocket = WinHttpWebSocketCompleteUpgrade(request, 0);
    if (connection->websocket == NULL) {
      fail_unreached(arena, endpoint, reason_of(arena, GetLastError()), failure);
    }
  }
  if (request != NULL) WinHttpCloseHandle(request);
  if (connection->websocket == NULL) {
    connection_close(connection);
    return false;
  }
  DWORD keepalive = KEEPALIVE_MS;
  WinHttpSetOption(connection->websocket, WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, &keepalive,
                   sizeof keepalive);
  return true;
}

bool connection_send(struct arena *arena, struct connection *connection, const char *text,
                     struct failure *failure) {
  DWORD error = WinHttpWebSocketSend(connection->websocket,
                                     WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, (void *)text,
                                     (DWORD)strlen(text));
  if (error != NO_ERROR) *failure = ended_by(arena, 0);
  return error == NO_ERROR;
}

bool connection_receive(struct arena *arena, struct connection *connection, struct text *message,
                        struct failure *failure) {
  char bytes[4096];
  *message = text_in(arena);
  while (message->size < MOST_BYTES) {
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    DWORD size;
    if (WinHttpWebSocketReceive(connection->websocket, bytes, sizeof bytes, &size, &type) !=
        NO_ERROR) {
      *failure = ended_by(arena, 0);
      return false;
    }
    if (type == WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE) {
      USHORT code = 0;
      DWORD reason_size;
      WinHttpWebSocketQueryCloseStatus(connection->websocket, &code, bytes, sizeof bytes,
                                       &reason_size);
      *failure = ended_by(arena, code);
      return false;
    }
    text_put_bytes(message, bytes, size);
    if (type == WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE) return true;
    if (type != WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE) break;
  }
  *failure = not_understood();
  return false;
}

void connection_end(struct connection *connection) {
  WinHttpWebSocketShutdown(connection->websocket, WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS, NULL, 0);
}

void connection_close(struct connection *connection) {
  if (connection->websocket != NULL) WinHttpCloseHandle(connection->websocket);
  if (connection->host != NULL) WinHttpCloseHandle(connection->host);
  if (connection->session != NULL) WinHttpCloseHandle(connection->session);
  *connection = (struct connection){0};
}

/* No proxy, redirect, cookie or logon stands between: the host is one hop away. */
static bool begin(struct arena *arena, const struct endpoint *endpoint,
                  struct connection *connection, HINTERNET *request) {
  bool is_ipv6 = strchr(endpoint->address, ':') != NULL;
  const char *name = is_ipv6 ? joined(arena, "[", endpoint->address, "]", NULL) : endpoint->address;
  connection->session = WinHttpOpen(L"handglass-guest", WINHTTP_ACCESS_TYPE_NO_PROXY,
                                    WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, 0);
  if (connection->session == NULL) return false;
  limit_protocols(connection->session);
  // An answer may take as long as the host needs to move devices, and a change comes when it comes.
  WinHttpSetTimeouts(connection->session, HANDSHAKE_MS, HANDSHAKE_MS, HANDSHAKE_MS, 0);
  connection->host = WinHttpConnect(connection->session, wide(arena, name),
                                    (INTERNET_PORT)endpoint->port, 0);
  if (connection->host == NULL) return false;
  *request = WinHttpOpenRequest(connection->host, L"GET", L"/", NULL, WINHTTP_NO_REFERER,
                                WINHTTP_DEFAULT_ACCEPT_TYPES,
                                endpoint->pin == NULL ? 0 : WINHTTP_FLAG_SECURE);
  if (*request == NULL) return false;
  DWORD disabled = WINHTTP_DISABLE_REDIRECTS | WINHTTP_DISABLE_COOKIES |
                   WINHTTP_DISABLE_AUTHENTICATION;
  // The pin says more than an authority, a name or a date would.
  DWORD ignored = SECURITY_FLAG_IGNORE_UNKNOWN_CA | SECURITY_FLAG_IGNORE_CERT_CN_INVALID |
                  SECURITY_FLAG_IGNORE_CERT_DATE_INVALID | SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE;
  DWORD response_ms = HANDSHAKE_MS;
  WinHttpSetOption(*request, WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, &response_ms,
                   sizeof response_ms);
  return WinHttpSetOption(*request, WINHTTP_OPTION_DISABLE_FEATURE, &disabled, sizeof disabled) &&
         (endpoint->pin == NULL ||
          WinHttpSetOption(*request, WINHTTP_OPTION_SECURITY_FLAGS, &ignored, sizeof ignored)) &&
         WinHttpSetOption(*request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0);
}

/* Windows 10 knows no TLS 1.3 here, and refuses a set that names it. */
static void limit_protocols(HINTERNET session) {
  DWORD both = WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2 | WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_3;
  DWORD older = WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2;
  if (!WinHttpSetOption(session, WINHTTP_OPTION_SECURE_PROTOCOLS, &both, sizeof both)) {
    WinHttpSetOption(session, WINHTTP_OPTION_SECURE_PROTOCOLS, &older, sizeof older);
  }
}

static bool shake_hands(struct arena *arena, const struct endpoint *endpoint, HINTERNET request,
                        struct failure *failure) {
  DWORD status = 0;
  DWORD size = sizeof status;
  if (!WinHttpSendRequest(request, WINHTTP_NO_ADDITIONAL_HEADERS, 0, NULL, 0, 0, 0)) {
    return fail_unreached(arena, endpoint, reason_of(arena, GetLastError()), failure);
  }
  if (!is_host(request, endpoint->pin)) return fail_another(arena, endpoint, failure);
  if (!WinHttpReceiveResponse(request, NULL)) {
    return fail_unreached(arena, endpoint, reason_of(arena, GetLastError()), failure);
  }
  // What answers may be on another connection than what was asked: the request can be sent again.
  if (!is_host(request, endpoint->pin)) return fail_another(arena, endpoint, failure);
  WinHttpQueryHeaders(request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                      WINHTTP_HEADER_NAME_BY_INDEX, &status, &size, WINHTTP_NO_HEADER_INDEX);
  if (status == HTTP_STATUS_SWITCH_PROTOCOLS) return true;
  const char *reason = joined(arena, "it answers with status ", number_text(arena, status), NULL);
  return fail_unreached(arena, endpoint, reason, failure);
}

/* Another machine has heard the request for a websocket by then, and nothing more. */
static bool is_host(HINTERNET request, const char *pin) {
  CERT_CONTEXT *certificate;
  DWORD size = sizeof certificate;
  char actual[PIN_SIZE + 1];
  if (pin == NULL) return true;
  if (!WinHttpQueryOption(request, WINHTTP_OPTION_SERVER_CERT_CONTEXT, &certificate, &size)) {
    return false;
  }
  bool is_it = pin_of(certificate, actual) && equal(actual, pin);
  CertFreeCertificateContext(certificate);
  return is_it;
}

static bool fail_another(struct arena *arena, const struct endpoint *endpoint,
                         struct failure *failure) {
  *failure = (struct failure){
      STATUS_NOT_PERMITTED,
      joined(arena, "What answers at ", endpoint->address,
             " is not the host that this guest was paired with: either another machine stands in "
             "its place, or the service's key was made anew.",
             NULL),
      "Do not go on unless you know why. It was told no code and no token. If the key is new, pair "
      "again with what `handglass guest pair DOMAIN` prints on the host."};
  return false;
}

static bool fail_unreached(struct arena *arena, const struct endpoint *endpoint, const char *reason,
                           struct failure *failure) {
  *failure = (struct failure){
      STATUS_UNREACHED,
      joined(arena, "The Handglass service does not answer at ", endpoint->address, " port ",
             number_text(arena, endpoint->port), ": ", reason, ".", NULL),
      "On the host `systemctl status handglass` shows how it is."};
  return false;
}
