/** What pages of another site reach of the panel, in a browser that the service lets in. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { startService } from '../support.ts';
import { browserTest, foreignName, openPanel, panel, useBrowser } from './browser.ts';

useBrowser();

/** An empty page of its own origin, with a policy that forbids it nothing. */
async function anotherSite(): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Another</title>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://${foreignName}:${(server.address() as AddressInfo).port}/`;
}

browserTest('a page of another site can neither talk with it, read it, nor show it', async () => {
  const service = await startService({ panel });
  const { page, strayed } = await openPanel(service);
  const { host, href } = new URL('/', page.url());
  await page.goto(await anotherSite());
  const outcome = (promise: string) =>
    page.evaluate(`${promise}.then(() => 'open', () => 'refused')`);
  expect(
    await outcome(`new Promise((open, refused) => {
      Object.assign(new WebSocket('ws://${host}/'), { onopen: open, onerror: refused });
    })`),
  ).toBe('refused');
  expect(await outcome(`fetch('${href}')`)).toBe('refused');
  await page.evaluate(`new Promise((onload) => {
    document.body.append(Object.assign(document.createElement('iframe'), { src: '${href}', onload }));
  })`);
  expect(strayed.at(-1)).toContain('frame-ancestors');
  expect(service.control.moves).toEqual([]);
  expect(service.journal.at(-1)).toContain('the Origin is a page of another site');
});

browserTest('a name that leads to this machine since a moment ago leads to no panel', async () => {
  const service = await startService({ panel });
  const { page } = await openPanel(service);
  const { port } = new URL(page.url());
  await expect(page.goto(`http://${foreignName}:${port}/`)).rejects.toThrow(
    'ERR_HTTP_RESPONSE_CODE_FAILURE',
  );
  expect(service.journal.at(-1)).toContain('the Host is none of the addresses listened on');
});
