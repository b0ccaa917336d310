import { expect, onTestFinished, test } from 'vitest';
import { configuredDomains } from '../../src/daemon/domains.ts';
import { clock } from '../../src/host/clock.ts';
import { filesUnder } from '../../src/host/files.ts';
import { sockets } from '../../src/host/sockets.ts';
import { configOf } from '../config/problems-of.ts';
import { fakeVirsh } from '../libvirt/fake-virsh.ts';
import { attachOne } from '../domain/attach-one.ts';
import { detachOne } from '../../src/domain/usb-hostdev.ts';

const qemu = '[[qemu]]\nname = "win10"\nsocket = "/nowhere/win10.qmp"\n';
const seatOf = (...domains: string[]) =>
  `[[seat]]\nname = "desk"\ndomains = ${JSON.stringify(domains)}\n`;

/** Libvirt has two domains that run: win10 too. */
const domstats = `domstats() {
  printf "Domain: 'win10'\\n  state.state=1\\n\\nDomain: 'linux'\\n  state.state=1\\n"
}`;

async function start(toml: string) {
  const { host, started, folder } = await fakeVirsh(domstats);
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const domains = configuredDomains(
    { ...filesUnder('/', () => {}), ...host, ...sockets, ...clock, follow: nothing },
    configOf(toml),
    folder,
    ending.signal,
  );
  const list = async () => {
    const lists = await Promise.all(domains.sources.map((source) => source.list()));
    return lists.flat().map(({ name, state }) => `${name}: ${state}`);
  };
  return { domains, list, started };
}

async function* nothing(): AsyncGenerator<string> {}

const libvirtProcess = (name: string) => ['qemu-system-x86_64', '-name', `guest=${name}`];
const ownProcess = ['qemu-system-x86_64', '-qmp', 'unix:/nowhere/win10.qmp,server=on'];

test('without a QEMU of its own, all domains are those of libvirt', async () => {
  const { list } = await start(seatOf('win10'));
  expect(await list()).toEqual(['win10: running', 'linux: running']);
});

test('a QEMU of the same name as a domain of libvirt takes its place', async () => {
  const { domains, list } = await start(`${qemu}${seatOf('win10', 'linux')}`);
  expect(await list()).toEqual(['win10: shut off', 'linux: running']);
  expect(domains.domainIn(ownProcess)).toBe('win10');
  expect(domains.domainIn(libvirtProcess('linux'))).toBe('linux');
  expect(domains.domainIn(libvirtProcess('win10'))).toBeNull();
});

test.each([
  { toml: qemu, reason: 'no seat names a domain' },
  { toml: `${qemu}${seatOf('win10')}`, reason: 'every domain of a seat is a QEMU of its own' },
])('libvirt is left alone when $reason', async ({ toml }) => {
  const { list, started } = await start(toml);
  expect(await list()).toEqual(['win10: shut off']);
  expect(started).toEqual([]);
});

test('a device goes to whoever has the domain', async () => {
  const { domains, started } = await start(`${qemu}${seatOf('win10', 'linux')}`);
  const mouse = { port: '99-9', bus: 99, device: 7, vendor: '1532', product: '0037' };
  await expect(attachOne(domains, 'win10', mouse)).rejects.toThrow('port 99-9 is no longer');
  expect(await domains.attached('win10')).toEqual([]);
  await detachOne(domains, 'win10', 'ua-handglass-1-2');
  await expect(
    domains.drives.attach('win10', { path: '/dev/sr0', generic: '/dev/sg1' }),
  ).rejects.toMatchObject({
    code: 'domain-not-running',
  });
  expect(await domains.drives.attached('win10')).toEqual([]);
  await domains.drives.detach('win10', '/dev/sr0');
  expect(started).toEqual([]);
  await expect(attachOne(domains, 'linux', mouse)).rejects.toThrow();
  expect(started).toHaveLength(1);
});
