#include "connection.h"

#include <string.h>

#include "pin.h"
#include "protocol.h"
#include "wide.h"
#include "wire.h"

enum {
  HANDSHAKE_MS = 5000,
  /* For both a host that nobody reaches and one that is reached and says nothing. */
  STEP_MS = 2 * HANDSHAKE_MS,
  /* Only for this machine to take what is sent; the agent's window waits meanwhile. */
  SEND_MS = 2000,
  /* Twice this without a word, though it was asked in between, and the host is gone. */
  SILENCE_MS = 15000,
  MOST_BYTES = 1024 * 1024,
};

static bool begin(struct arena *arena, const struct endpoint *endpoint, struct wire *wire);
static void limit_protocols(HINTERNET session);
static bool shake_hands(struct arena *arena, const struct endpoint *endpoint, struct wire *wire,
                        struct failure *failure);
static bool is_done(struct wire *wire, BOOL is_begun);
static bool upgrade(struct wire *wire);
static bool is_host(HINTERNET request, const char *pin);
static DWORD receive(struct arena *arena, struct wire *wire);
static DWORD send(struct wire *wire, const char *text);
static DWORD send_alone(struct wire *wire, const char *text);
static struct failure ended_by_host(struct arena *arena, HINTERNET websocket);
static bool fail_another(struct arena *arena, const struct endpoint *endpoint,
                         struct failure *failure);
static bool fail_unreached(struct arena *arena, const struct endpoint *endpoint, const char *reason,
                           struct failure *failure);
static bool fail_with(struct arena *arena, const struct endpoint *endpoint, DWORD error,
                      struct failure *failure);

bool connection_open(struct arena *arena, const struct endpoint *endpoint,
                     struct connection *connection, struct failure *failure) {
  connection->wire = wire_new();
  if (connection->wire == NULL) return fail_with(arena, endpoint, GetLastError(), failure);
  bool is_open = false;
  if (!begin(arena, endpoint, connection->wire)) {
    fail_with(arena, endpoint, GetLastError(), failure);
  } else if (shake_hands(arena, endpoint, connection->wire, failure)) {
    is_open = upgrade(connection->wire);
    if (!is_open) fail_with(arena, endpoint, GetLastError(), failure);
  }
  if (!is_open) connection_close(connection);
  return is_open;
}

bool connection_send(struct arena *arena, struct connection *connection, const char *text,
                     struct failure *failure) {
  bool is_sent = send(connection->wire, text) == NO_ERROR;
  if (!is_sent) *failure = ended_by(arena, 0);
  return is_sent;
}

bool connection_receive(struct arena *arena, struct connection *connection, struct text *message,
                        struct failure *failure) {
  struct wire *wire = connection->wire;
  *message = text_in(arena);
  while (message->size < MOST_BYTES) {
    if (receive(arena, wire) != NO_ERROR) {
      *failure = ended_by(arena, 0);
      return false;
    }
    if (wire->received.eBufferType == WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE) {
      *failure = ended_by_host(arena, wire->websocket);
      return false;
    }
    text_put_bytes(message, wire->incoming, wire->received.dwBytesTransferred);
    if (wire->received.eBufferType == WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE) return true;
    if (wire->received.eBufferType != WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE) break;
  }
  *failure = not_understood();
  return false;
}

void connection_end(struct connection *connection) {
  struct wire *wire = connection->wire;
  AcquireSRWLockExclusive(&wire->sending);
  WinHttpWebSocketShutdown(wire->websocket, WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS, NULL, 0);
  ReleaseSRWLockExclusive(&wire->sending);
}

void connection_close(struct connection *connection) {
  if (connection->wire != NULL) wire_end(connection->wire);
  connection->wire = NULL;
}

/* No redirect, cookie or logon is of use here. */
static bool begin(struct arena *arena, const struct endpoint *endpoint, struct wire *wire) {
  bool is_ipv6 = strchr(endpoint->address, ':') != NULL;
  const char *name = is_ipv6 ? joined(arena, "[", endpoint->address, "]", NULL) : endpoint->address;
  limit_protocols(wire->session);
  WinHttpSetTimeouts(wire->session, HANDSHAKE_MS, HANDSHAKE_MS, HANDSHAKE_MS, 0);
  wire->host = WinHttpConnect(wire->session, wide(arena, name), (INTERNET_PORT)endpoint->port, 0);
  if (wire->host == NULL) return false;
  wire->request = WinHttpOpenRequest(wire->host, L"GET", L"/", NULL, WINHTTP_NO_REFERER,
                                     WINHTTP_DEFAULT_ACCEPT_TYPES,
                                     endpoint->pin == NULL ? 0 : WINHTTP_FLAG_SECURE);
  if (wire->request == NULL || !wire_hears(wire, wire->request)) return false;
  DWORD disabled = WINHTTP_DISABLE_REDIRECTS | WINHTTP_DISABLE_COOKIES |
                   WINHTTP_DISABLE_AUTHENTICATION;
  // The pin says more than an authority, a name or a date would.
  DWORD ignored = SECURITY_FLAG_IGNORE_UNKNOWN_CA | SECURITY_FLAG_IGNORE_CERT_CN_INVALID |
                  SECURITY_FLAG_IGNORE_CERT_DATE_INVALID | SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE;
  DWORD response_ms = HANDSHAKE_MS;
  WinHttpSetOption(wire->request, WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, &response_ms,
                   sizeof response_ms);
  return WinHttpSetOption(wire->request, WINHTTP_OPTION_DISABLE_FEATURE, &disabled,
                          sizeof disabled) &&
         (endpoint->pin == NULL || WinHttpSetOption(wire->request, WINHTTP_OPTION_SECURITY_FLAGS,
                                                    &ignored, sizeof ignored)) &&
         WinHttpSetOption(wire->request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0);
}

/* Windows 10 knows no TLS 1.3 here, and refuses a set that names it. */
static void limit_protocols(HINTERNET session) {
  DWORD both = WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2 | WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_3;
  DWORD older = WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2;
  if (!WinHttpSetOption(session, WINHTTP_OPTION_SECURE_PROTOCOLS, &both, sizeof both)) {
    WinHttpSetOption(session, WINHTTP_OPTION_SECURE_PROTOCOLS, &older, sizeof older);
  }
}

static bool shake_hands(struct arena *arena, const struct endpoint *endpoint, struct wire *wire,
                        struct failure *failure) {
  HINTERNET request = wire->request;
  DWORD status = 0;
  DWORD size = sizeof status;
  if (!is_done(wire, WinHttpSendRequest(request, WINHTTP_NO_ADDITIONAL_HEADERS, 0, NULL, 0, 0,
                                        (DWORD_PTR)wire))) {
    return fail_with(arena, endpoint, GetLastError(), failure);
  }
  if (!is_host(request, endpoint->pin)) return fail_another(arena, endpoint, failure);
  if (!is_done(wire, WinHttpReceiveResponse(request, NULL))) {
    return fail_with(arena, endpoint, GetLastError(), failure);
  }
  // What answers may be on another connection than what was asked: the request can be sent again.
  if (!is_host(request, endpoint->pin)) return fail_another(arena, endpoint, failure);
  WinHttpQueryHeaders(request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                      WINHTTP_HEADER_NAME_BY_INDEX, &status, &size, WINHTTP_NO_HEADER_INDEX);
  if (status == HTTP_STATUS_SWITCH_PROTOCOLS) return true;
  const char *reason = joined(arena, "it answers with status ", number_text(arena, status), NULL);
  return fail_unreached(arena, endpoint, reason, failure);
}

/* Once it is; the system's last error tells why not. */
static bool is_done(struct wire *wire, BOOL is_begun) {
  DWORD error = is_begun ? wire_wait(wire, ERRAND_REQUEST, STEP_MS) : GetLastError();
  SetLastError(error);
  return error == NO_ERROR;
}

static bool upgrade(struct wire *wire) {
  wire->websocket = WinHttpWebSocketCompleteUpgrade(wire->request, (DWORD_PTR)wire);
  if (wire->websocket == NULL || !wire_hears(wire, wire->websocket)) return false;
  WinHttpCloseHandle(wire->request);
  wire->request = NULL;
  return true;
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

/* Who says nothing is asked for a sign of life, and gone where none comes either. */
static DWORD receive(struct arena *arena, struct wire *wire) {
  WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
  DWORD size;
  DWORD error = WinHttpWebSocketReceive(wire->websocket, wire->incoming, sizeof wire->incoming,
                                        &size, &type);
  if (error == NO_ERROR) error = wire_wait(wire, ERRAND_RECEIVE, SILENCE_MS);
  if (error == ERROR_WINHTTP_TIMEOUT) {
    error = send(wire, sign_of_life_request(arena));
    if (error == NO_ERROR) error = wire_wait(wire, ERRAND_RECEIVE, SILENCE_MS);
  }
  return error;
}

static DWORD send(struct wire *wire, const char *text) {
  AcquireSRWLockExclusive(&wire->sending);
  DWORD error = wire->is_stuck ? ERROR_WINHTTP_TIMEOUT : send_alone(wire, text);
  ReleaseSRWLockExclusive(&wire->sending);
  return error;
}

/*
 * What was not sent in time is WinHTTP's still, and its end may be told at any time. So nothing is sent
 * after it, and whoever receives is woken to end the connection.
 */
static DWORD send_alone(struct wire *wire, const char *text) {
  size_t size = strlen(text);
  char *kept = arena_copy(&wire->outgoing, text, size);
  DWORD error = WinHttpWebSocketSend(wire->websocket, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE,
                                     kept, (DWORD)size);
  if (error == NO_ERROR) error = wire_wait(wire, ERRAND_SEND, SEND_MS);
  if (error == NO_ERROR) arena_end(&wire->outgoing);
  if (error == ERROR_WINHTTP_TIMEOUT) {
    wire->is_stuck = true;
    wire_finish(wire, ERRAND_RECEIVE, error);
  }
  return error;
}

static struct failure ended_by_host(struct arena *arena, HINTERNET websocket) {
  char reason[WINHTTP_WEB_SOCKET_MAX_CLOSE_REASON_LENGTH];
  DWORD size;
  USHORT code = 0;
  WinHttpWebSocketQueryCloseStatus(websocket, &code, reason, sizeof reason, &size);
  return ended_by(arena, code);
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

static bool fail_with(struct arena *arena, const struct endpoint *endpoint, DWORD error,
                      struct failure *failure) {
  return fail_unreached(arena, endpoint, reason_of(arena, error), failure);
}
