import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createPanel } from '../../src/server/panel-files.ts';

test('a file of the panel is read once; one that cannot be is a failure of ours', async () => {
  const reads: string[] = [];
  const failures: unknown[] = [];
  const missing = new Error('there is no such file');
  const host = {
    async readText(path: string) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      reads.push(name);
      if (name === 'panel.css') throw missing;
      return 'é';
    },
  };
  const server = createServer(
    createPanel(host, { at: () => null }, (failure) => failures.push(failure)),
  ).listen();
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const statuses = [];
  for (const path of ['/', '/', '/panel.css', '/panel.css', '/nowhere']) {
    const [response] = (await once(get({ port, path }), 'response')) as [IncomingMessage];
    response.resume();
    statuses.push(response.statusCode);
  }
  expect(statuses).toEqual([200, 200, 500, 500, 404]);
  expect(reads).toEqual(['panel.html', 'panel.css', 'panel.css']);
  expect(failures).toEqual([missing, missing]);
});
