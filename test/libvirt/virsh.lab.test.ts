import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Conversation, converse } from '../lab/guest/input/conversation.ts';
import { nodeCommand, product } from '../lab/guest/input/programs.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';

let lab: Lab;
let asker: Conversation;
const sh = (script: string) => output(lab, script);

beforeAll(async () => {
  lab = await freshLab();
  // Only the virsh of the asker is to be found, and nothing is to wake libvirtd.
  await sh('systemctl stop handglass && virsh start win10');
  asker = converse(lab, [...nodeCommand, `${product}/test/libvirt/virsh-asker.ts`]);
});

afterAll(() => lab.end());

beforeEach(async () => {
  await sh('systemctl start libvirtd');
  await until(lab, 'virsh domstate win10');
});

async function ask(...words: string[]): Promise<unknown> {
  asker.say(JSON.stringify(words));
  return JSON.parse(await asker.next());
}

const virshProcess = () => sh('pgrep -x virsh');

async function expectRunning(): Promise<void> {
  expect(await ask('domstate', '--domain', 'win10')).toMatchObject({
    printed: expect.stringMatching(/^running\n/) as string,
  });
}

test('one virsh answers what a process of its own prints', async () => {
  expect(await ask('dumpxml', '--domain', 'win10')).toEqual({
    printed: `${await sh('virsh --quiet dumpxml win10')}\n`,
  });
  const before = await virshProcess();
  await expectRunning();
  expect(await virshProcess()).toBe(before);
});

test.each([
  "it's mine",
  'a "b" \\ c',
  'a; destroy win10',
  '# $x `y` !z *',
  '--live',
  '',
  'Büro 日本',
  'x'.repeat(300),
])('the word %j arrives as it is', async (word) => {
  expect(await ask('echo', '--', word)).toEqual({ printed: word });
  await expectRunning();
});

test('a domain with quotes and semicolons in its name is itself', async () => {
  const name = `it's "a"; destroy win10 & é`;
  await sh(
    `sed 's#<name>.*</name>#<name>it'"'"'s "a"; destroy win10 \\&amp; é</name>#; /<uuid>/d' ${product}/test/lab/guest/win10.xml > /tmp/odd.xml && virsh define /tmp/odd.xml`,
  );
  expect(await ask('domstate', '--domain', name)).toMatchObject({
    printed: expect.stringMatching(/^shut off\n/) as string,
  });
  await ask('undefine', '--domain', name);
  await expectRunning();
});

test.each([
  { words: ['dumpxml', '--domain', 'nosuch'], message: "failed to get domain 'nosuch'" },
  {
    words: ['dumpxml', '--nosuch', 'win10'],
    message: "command 'dumpxml' doesn't support option --nosuch",
  },
  { words: ['nosuch'], message: "unknown command: 'nosuch'" },
])('$words is refused in the words of virsh', async ({ words, message }) => {
  expect(await ask(...words)).toEqual({ failure: 'DomainRefusal', message });
  await expectRunning();
});

test('a restart of libvirtd between two commands is not noticed', async () => {
  await expectRunning();
  const before = await virshProcess();
  await sh('systemctl restart libvirtd');
  await until(lab, `! test -e /proc/${before}`);
  await until(lab, 'virsh domstate win10');
  await expectRunning();
});

test('a libvirtd that is away is told of, and found again when it is back', async () => {
  await expectRunning();
  await sh('systemctl stop libvirtd libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket');
  await until(lab, '! pgrep -x virsh');
  for (let round = 0; round < 2; round += 1) {
    expect(await ask('domstate', '--domain', 'win10')).toMatchObject({
      failure: 'libvirt-unavailable',
      message: expect.stringContaining('Failed to connect socket') as string,
    });
  }
  await sh('systemctl start libvirtd');
  await until(lab, 'virsh domstate win10');
  await expectRunning();
});

test('a libvirtd that hangs is given up after 20 s, with its virsh', async () => {
  await expectRunning();
  const pid = await sh('systemctl show -P MainPID libvirtd');
  await sh(`kill -STOP ${pid}`);
  expect(await ask('domstate', '--domain', 'win10')).toMatchObject({
    failure: 'libvirt-unavailable',
    message: expect.stringContaining('it did not answer within 20 s') as string,
  });
  await until(lab, '! pgrep -x virsh');
  await sh(`kill -CONT ${pid}`);
  await expectRunning();
});

test('a virsh that is killed is replaced', async () => {
  await expectRunning();
  const before = await virshProcess();
  await sh(`kill -KILL ${before}`);
  await until(lab, `! test -e /proc/${before}`);
  await expectRunning();
});

test('the program ends with its signal, and virsh with it', async () => {
  await expectRunning();
  expect(await asker.end()).toBe(0);
  await until(lab, '! pgrep -x virsh');
});
