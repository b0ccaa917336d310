/** What is said of a peer that speaks no TLS or no HTTP that is understood here. */
export interface Misspoken {
  /** For the journal. */
  why: string;
  /** The end of the status line that it is answered with; null for one that would not understand it. */
  status: string | null;
}

/** @param error of Node's `clientError`; null where the peer has only gone away */
export function misspoken(error: Error & { code?: string; reason?: string }): Misspoken | null {
  const { code = '', reason = code } = error;
  if (/^ERR_(SSL|TLS)_/.test(code)) return { why: `no TLS came of it (${reason})`, status: null };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { why: 'no whole request came in time', status: '408 Request Timeout' };
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { why: 'the request is too large', status: '431 Request Header Fields Too Large' };
  }
  if (code.startsWith('HPE_')) {
    return { why: `the request is no HTTP (${reason})`, status: '400 Bad Request' };
  }
  return null;
}
