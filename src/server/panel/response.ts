import { createHash } from 'node:crypto';

/** What the panel's side of a server answers to a plain request. The page holds no secret. */
export interface PanelResponse {
  status: number;
  headers: Record<string, string>;
  /** The name of the file that is the body; null where there is none. */
  file: string | null;
}

/** @param path of the request, as it was sent */
export function panelResponse(method: string, path: string): PanelResponse {
  const file = files.get(path);
  if (file === undefined) return { status: 404, headers: always, file: null };
  if (!isReading(method)) return refusedMethod;
  return { status: 200, headers: { ...always, 'Content-Type': file.type }, file: file.name };
}

/** For an SVG document: it may use the style that stands in it, and nothing else. */
export function pictureResponse(method: string, svg: string): PanelResponse {
  if (!isReading(method)) return refusedMethod;
  const [, style = ''] = /<style>([^<]*)<\/style>/.exec(svg) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  const headers = {
    ...always,
    'Content-Type': 'image/svg+xml; charset=utf-8',
    'Content-Security-Policy': [
      "default-src 'none'",
      `style-src 'sha256-${hash}'`,
      ...nowhereElse,
      'sandbox',
    ].join('; '),
  };
  return { status: 200, headers, file: null };
}

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

const files = new Map([
  ['/', { name: 'panel.html', type: 'text/html; charset=utf-8' }],
  ['/panel.css', { name: 'panel.css', type: 'text/css; charset=utf-8' }],
  ['/panel.js', { name: 'panel.js', type: 'text/javascript; charset=utf-8' }],
  ['/panel.svg', { name: 'panel.svg', type: 'image/svg+xml' }],
]);

const nowhereElse = ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  ...nowhereElse,
];

const always = {
  'Cache-Control': 'no-store',
  // A page that has been fetched takes no connection from those that an address may have.
  Connection: 'close',
  'Content-Security-Policy': policy.join('; '),
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

const refusedMethod: PanelResponse = {
  status: 405,
  headers: { ...always, Allow: 'GET, HEAD' },
  file: null,
};
