import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { filesUnder } from '../../src/host/files.ts';
import { cloneLinks } from '../../src/input/clone-links.ts';

const domains = ['win10', 'win10-b', 'größer 11'];

async function hostWith(...links: string[]) {
  const root = await mkdtemp(join(tmpdir(), 'handglass-clones-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const folder = join(root, 'dev/input/by-handglass');
  if (links.length > 0) await mkdir(folder, { recursive: true });
  await Promise.all(links.map((link) => writeFile(join(folder, link), '')));
  return filesUnder(root, () => {});
}

test.each([
  { domain: 'win10', clones: ['win10-gamepad', 'win10-pen'] },
  { domain: 'win10-b', clones: ['win10-b-pen'] },
  { domain: 'größer 11', clones: ['gr__er_11-pen'] },
])('the clones of $domain are those of its name that no other domain has', async (each) => {
  const proxies = ['win10', 'win10-b', 'gr__er_11'].flatMap((name) => [
    `${name}-keyboard`,
    `${name}-pointer`,
    `${name}-pen`,
  ]);
  const host = await hostWith(...proxies, 'win10-gamepad', 'host-pen');
  expect(await cloneLinks(host, each.domain, domains)).toEqual(each.clones);
});

test('there are none while the service has made nothing', async () => {
  expect(await cloneLinks(await hostWith(), 'win10', domains)).toEqual([]);
});
