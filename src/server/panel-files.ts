import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { ReadFiles } from '../host/ports.ts';
import { panelResponse, pictureResponse } from './panel/response.ts';
import type { Pictures } from './pictures.ts';

/**
 * Answers plain requests with the panel, and pictures for it. Each of its files is read when first asked
 * for, and kept.
 */
export function createPanel(
  host: Pick<ReadFiles, 'readText'>,
  pictures: Pick<Pictures, 'at'>,
  report: (error: unknown) => void,
): RequestListener {
  const texts = new Map<string, string>();

  async function textOf(file: string): Promise<string> {
    const text = texts.get(file) ?? (await host.readText(`${folder}${file}`));
    texts.set(file, text);
    return text;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const picture = await pictures.at(url);
    const { status, headers, file } =
      picture === null ? panelResponse(method, url) : pictureResponse(method, picture);
    const body = picture ?? (file === null ? '' : await textOf(file));
    response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
    response.end(method === 'HEAD' ? '' : body);
  }

  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      report(error);
      response.writeHead(500, { Connection: 'close' }).end();
    });
  };
}

/** The same seen from the sources and from the bundle. */
const folder = fileURLToPath(new URL('../build/panel/', import.meta.url));
