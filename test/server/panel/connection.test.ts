import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Page, WebSocketRoute } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { sampleState, seat, startService, until } from '../support.ts';
import { browserTest, linkFor, newPage, openPanel, panel, status, useBrowser } from './browser.ts';

useBrowser();

const events = async (page: Page) =>
  (await page.getByRole('log').getByRole('listitem').allInnerTexts()).map((text) =>
    text.replace(/^\S+\s+/, ''),
  );

browserTest(
  'a lost connection is seen, and found again with what has changed meanwhile',
  async () => {
    const first = await startService();
    const { page } = await openPanel(first, 'win10');
    await first.stop();
    await status(page, 'connection lost');
    await page.getByText('There is no connection to the service.').waitFor();
    const closed = page.getByRole('button', { name: 'Give to win10 no connection' });
    expect(await closed.first().getAttribute('aria-disabled')).toBe('true');

    const second = await startService({
      folder: first.folder,
      listen: [{ address: '127.0.0.1', port: first.port }],
      state: { ...sampleState, seats: [seat('desk', { owner: 'win10' })] },
    });
    await status(page, 'connected');
    await page.getByRole('button', { name: 'Give to host' }).click();
    await page.getByRole('button', { name: 'With host' }).waitFor();
    expect(second.control.moves).toEqual(['desk to host']);
    expect((await events(page)).toReversed().slice(0, 3)).toEqual([
      'connection lost',
      'connected again',
      'seat desk with win10',
    ]);
  },
);

browserTest('the pauses between attempts grow, and a press tries at once', async () => {
  const service = await startService();
  const { page } = await newPage();
  await page.clock.install();
  let open = true;
  const attempts: WebSocketRoute[] = [];
  await page.routeWebSocket(/./, (route) => {
    attempts.push(route);
    if (open) route.connectToServer();
  });
  await page.goto(await linkFor(service, 'win10'));
  await status(page, 'connected');
  await page.clock.pauseAt(Date.now() + 1000);
  open = false;
  for (const pauseMs of [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]) {
    const { length } = attempts;
    await attempts.at(-1)?.close();
    await status(page, 'connection lost');
    await page.clock.runFor(pauseMs - 1);
    expect(attempts).toHaveLength(length);
    await page.clock.runFor(1);
    await until(() => attempts.length === length + 1);
  }
  await attempts.at(-1)?.close();
  open = true;
  await page.getByRole('button', { name: 'Try now' }).click();
  await status(page, 'connected');
});

for (const [name, goOn] of [
  ['a press gives up', (page: Page) => page.getByRole('button', { name: 'Try now' }).click()],
  [
    'no more than 10 s are waited for',
    async (page: Page) => {
      await page.clock.runFor(10_000);
      await page.clock.resume();
    },
  ],
] as const) {
  browserTest(`${name} an attempt that hangs`, async () => {
    const first = await startService();
    const { page } = await newPage();
    await page.clock.install();
    await page.goto(await linkFor(first, 'win10'));
    await status(page, 'connected');
    await page.clock.pauseAt(Date.now() + 1000);
    await first.stop();
    await status(page, 'connection lost');
    const silent = createServer(keepOpen).listen(first.port, '127.0.0.1');
    await once(silent, 'listening');
    const taken = once(silent, 'connection');
    await page.clock.runFor(250);
    await taken;
    silent.close();
    await startService({
      folder: first.folder,
      listen: [{ address: '127.0.0.1', port: first.port }],
    });
    await goOn(page);
    await status(page, 'connected');
  });
}

browserTest('a service that answers no more is as good as gone', async () => {
  const service = await startService();
  const { page } = await newPage();
  await page.clock.install();
  let silent = false;
  let answers = 0;
  await page.routeWebSocket(/./, (route) => {
    const server = route.connectToServer();
    server.onMessage((message) => {
      if (silent) return;
      answers += 1;
      route.send(message);
    });
  });
  await page.goto(await linkFor(service, 'win10'));
  await status(page, 'connected');
  await page.clock.pauseAt(Date.now() + 1000);
  const { length } = { length: answers };
  await page.clock.runFor(20_000);
  await until(() => answers > length);
  silent = true;
  await page.clock.runFor(20_000);
  await status(page, 'connected');
  await page.clock.runFor(10_000);
  await status(page, 'connection lost');
  silent = false;
  await page.getByRole('button', { name: 'Try now' }).click();
  await status(page, 'connected');
});

browserTest('one that does not even say goodbye is gone as soon', async () => {
  const service = await startService();
  const { page } = await newPage();
  await page.clock.install();
  await page.goto(await linkFor(service, 'win10'));
  await status(page, 'connected');
  await page.clock.pauseAt(Date.now() + 1000);
  await service.stop();
  await status(page, 'connection lost');
  await startDeaf(service.port);
  await page.clock.runFor(250);
  await status(page, 'connected');
  await page.clock.runFor(30_000);
  await status(page, 'connection lost');
});

browserTest('a service that was started anew does not know the browsers of its host', async () => {
  const first = await startService({ panel });
  const { page } = await openPanel(first);
  await first.stop();
  await startService({ panel: [{ address: '127.0.0.1', port: first.panelPort }] });
  await page
    .getByRole('heading', { name: 'The service does not know this browser any more' })
    .waitFor();
});

/** Lets a guest in, and then reads nothing any more, not even a goodbye. */
async function startDeaf(port: number): Promise<void> {
  const server = new WebSocketServer({ port, host: '127.0.0.1' });
  server.on('connection', (websocket) => {
    onTestFinished(() => websocket.terminate());
    const results = [{ id: 'a', domain: 'win10' }, [], sampleState];
    websocket.on('message', (data) => {
      const { id } = JSON.parse((data as Buffer).toString()) as { id: number };
      websocket.send(JSON.stringify({ id, result: results.shift() }));
      if (results.length === 0) websocket.pause();
    });
  });
  onTestFinished(() => server.close());
  await once(server, 'listening');
}

function keepOpen(socket: Socket): void {
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
}
