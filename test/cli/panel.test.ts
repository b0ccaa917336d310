import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { everywhere, interfacesOf, openPeer, startService } from '../server/support.ts';
import { at, handglass } from './handglass.ts';

const startHost = () =>
  startService({
    listen: [everywhere],
    panel: [{ address: '127.0.0.1', port: 0 }],
    interfaces: interfacesOf({ virbr0: ['192.168.122.1'] }),
  });

const withoutTime = (text: string) =>
  text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, '2026-01-01 00:10:00');

test('panel prints a link for this machine, and how long it is good', async () => {
  const { folder, panelPort } = await startHost();
  const { stdout, stderr, status } = await handglass(['panel'], at(folder));
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const [url = '', ...lines] = withoutTime(stdout).split('\n');
  expect(url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${panelPort}/#[\\w-]{22}$`));
  expect(lines).toEqual(['', 'It is good once, for 10 minutes (until 2026-01-01 00:10:00).', '']);
  const peer = await openPeer(`ws://127.0.0.1:${panelPort}/`);
  expect(await peer.ask('session.authenticate', { code: url.split('#')[1] })).toMatchObject({
    result: { domain: 'host' },
  });
});

test('panel --domain prints one for a browser in that guest, and by what to know the host', async () => {
  const { folder, port } = await startHost();
  const { stdout, status } = await handglass(['panel', '--domain', 'win10'], at(folder));
  expect(status).toBe(0);
  expect(stdout).toMatch(new RegExp(`^https://192\\.168\\.122\\.1:${port}/#[\\w-]{22}\n`));
  const certificate = new X509Certificate(await readFile(join(folder, 'tls.pem')));
  expect(stdout.split('\n').slice(3)).toEqual([
    "The browser will warn of the service's own certificate. Go on only if it shows this",
    'SHA-256 fingerprint of it:',
    `  ${certificate.fingerprint256}`,
    '',
  ]);
});

test('panel --domain prints one for each address, as a phone at home has to take another than a guest', async () => {
  const { folder, port } = await startService({
    listen: [everywhere],
    interfaces: interfacesOf({ virbr0: ['192.168.122.1'], wlan0: ['192.168.1.2'] }),
  });
  const { stdout } = await handglass(['panel', '--domain', 'win10'], at(folder));
  const [first = '', , , , instead, other = ''] = stdout.split('\n');
  expect(first).toMatch(new RegExp(`^https://192\\.168\\.\\d+\\.\\d:${port}/#`));
  expect(instead).toBe('If that address cannot be reached from there:');
  expect(other).toMatch(new RegExp(`^  https://192\\.168\\.\\d+\\.\\d:${port}/#`));
  expect(other.split('#')[1]).toBe(first.split('#')[1]);
});

test('panel --json prints what the service answers', async () => {
  const { folder } = await startHost();
  const { stdout } = await handglass(['panel', '--json'], at(folder));
  expect(JSON.parse(stdout)).toEqual({
    url: expect.stringMatching(/^http:/) as string,
    expires: expect.stringMatching(/^\d{4}-.*Z$/) as string,
  });
});

test.each([
  {
    args: ['panel', '--domain', 'win11'],
    stderr: /^handglass: No seat lists the domain "win11"\.\n/,
  },
  { args: ['panel'], stderr: /^handglass: There is no panel on this machine/ },
])('$args is refused in the words of the service', async ({ args, stderr }) => {
  const service = await startService({ listen: [everywhere] });
  const ran = await handglass(args, at(service.folder));
  expect(ran).toMatchObject({ stdout: '', status: 1 });
  expect(ran.stderr).toMatch(stderr);
});
