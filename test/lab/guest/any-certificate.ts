/** What a client makes of the service's certificate is no matter of these calls. */
export function anyCertificate(): void {
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
}
