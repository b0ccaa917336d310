import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { panelResponse, pictureResponse } from '../../../src/server/panel/response.ts';

test.each([
  ['GET', '/', 200, 'panel.html', 'text/html; charset=utf-8'],
  ['HEAD', '/', 200, 'panel.html', 'text/html; charset=utf-8'],
  ['GET', '/panel.css', 200, 'panel.css', 'text/css; charset=utf-8'],
  ['GET', '/panel.js', 200, 'panel.js', 'text/javascript; charset=utf-8'],
  ['GET', '/panel.svg', 200, 'panel.svg', 'image/svg+xml'],
  ['GET', '/panel.html', 404, null, undefined],
  ['GET', '/?code=1', 404, null, undefined],
  ['GET', '//', 404, null, undefined],
  ['GET', '/../etc/passwd', 404, null, undefined],
  ['GET', '/constructor', 404, null, undefined],
  ['POST', '/nowhere', 404, null, undefined],
  ['POST', '/', 405, null, undefined],
  ['OPTIONS', '/panel.js', 405, null, undefined],
])('%s %s is answered with %i', (method, path, status, file, type) => {
  const response = panelResponse(method, path);
  expect(response).toMatchObject({ status, file });
  expect(response.headers['Content-Type']).toBe(type);
});

test('every answer keeps the page to itself, and the refused method names the others', () => {
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/nowhere'],
    ['PUT', '/'],
  ] as const) {
    expect(panelResponse(method, path).headers).toMatchObject({
      'Content-Security-Policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    });
  }
  expect(panelResponse('PUT', '/').headers['Allow']).toBe('GET, HEAD');
});

test('a picture may use its own style and nothing else, and cannot be written to', () => {
  const style = 'text { fill: #1c2128; }';
  const { status, headers, file } = pictureResponse('GET', `<svg><style>${style}</style></svg>`);
  const hash = createHash('sha256').update(style).digest('base64');
  expect({ status, file }).toEqual({ status: 200, file: null });
  expect(headers).toMatchObject({
    'Content-Type': 'image/svg+xml; charset=utf-8',
    'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox`,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  expect(pictureResponse('POST', '<svg/>').status).toBe(405);
});
