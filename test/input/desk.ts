/**
 * A desk in the virtual host: the service with a seat of keyboard and mouse, and listeners that
 * read the domain's proxies in QEMU's place and the devices in the desktop's.
 */
import { type Conversation, converse } from '../lab/guest/input/conversation.ts';
import { buildInputPrograms, nodeCommand, product } from '../lab/guest/input/programs.ts';
import { LabFailure } from '../lab/failure.ts';
import type { Lab } from '../lab/lab.ts';
import { output, until } from '../lab/shell.ts';

export const { listener } = buildInputPrograms();

export const keyboard = '/dev/input/by-id/usb-QEMU_QEMU_USB_Keyboard_KBD1-event-kbd';
export const keyboard2 = '/dev/input/by-id/usb-QEMU_QEMU_USB_Keyboard_KBD2-event-kbd';
export const mouse = '/dev/input/by-id/usb-QEMU_QEMU_USB_Mouse_MOUSE1-event-mouse';
export const proxies = '/dev/input/by-handglass';

export const inputSeat = `
[[seat]]
name = "desk"
domains = ["win10"]
input = [{ serial = "KBD1" }, { serial = "MOUSE1" }]
`;

/** Puts a configuration in force, every seat with the host and every proxy made. */
export async function configure(lab: Lab, config: string): Promise<void> {
  await output(
    lab,
    `cat > /etc/handglass/handglass.toml <<'END'\n${config}\nEND\nsystemctl restart handglass`,
  );
  await until(lab, `test -e ${proxies}/win10-keyboard && test -e ${proxies}/win10-pointer`);
}

/** The next report of a device without scan codes, which no proxy passes on, repeats and LEDs. */
export async function report(reader: Conversation): Promise<string> {
  for (;;) {
    const words = (await reader.next())
      .split(' ')
      .filter((word) => !/^(msc_scan|led_\w+)=|~$/.test(word));
    if (words.length > 0) return words.join(' ');
  }
}

/** So many reports, in one text. */
export async function reports(reader: Conversation, count: number): Promise<string> {
  const texts: string[] = [];
  while (texts.length < count) texts.push(await report(reader));
  return texts.join(', ');
}

/** Reads a device once it is there; `--grab` takes it first, as QEMU does with a proxy. */
export async function listen(
  lab: Lab,
  path: string,
  ...options: ('--grab' | '--times')[]
): Promise<Conversation> {
  await until(lab, `test -e ${path}`);
  const reader = converse(lab, [listener, path, ...options]);
  for (const expected of ['listening', ...(options.includes('--grab') ? ['grabbed'] : [])]) {
    const said = await reader.next();
    if (said !== expected) throw new Error(`${path}: ${said} in place of ${expected}`);
  }
  return reader;
}

/** The service, asked from inside without a new process for each question. */
export interface Service {
  /** Gives the seat; the owner then, or the code of the failure. */
  ask(to: string): Promise<string>;
  /** Gives the seat. */
  give(to: string): Promise<void>;
  /** Waits until the whole seat is there, by whatever way. */
  owner(name: string, ofSeat?: string): Promise<void>;
  /** Waits until the state, as JSON, matches; also for a service that is about to come back. */
  until(state: RegExp): Promise<void>;
  /** Kills a program by its command line; when it was dead, in seconds of CLOCK_MONOTONIC. */
  kill(program: string): Promise<number>;
}

export function serviceIn(lab: Lab): Service {
  const asker = converse(lab, [...nodeCommand, `${product}/test/input/service-asker.ts`]);
  const waiting = new Map<number, PromiseWithResolvers<string>>();
  let asked = 0;

  /** Answers come in any order; whoever waits hands on those that are for others. */
  async function answer(question: string): Promise<string> {
    const mine = Promise.withResolvers<string>();
    asked += 1;
    const number = asked;
    waiting.set(number, mine);
    asker.say(`${number} ${question}`);
    while (waiting.has(number)) await Promise.race([mine.promise, handOn()]);
    return mine.promise;
  }

  async function handOn(): Promise<void> {
    const [, number, text = ''] = /^(\d+) (.*)$/.exec(await asker.next()) ?? [];
    waiting.get(Number(number))?.resolve(text);
    waiting.delete(Number(number));
  }

  const ask = (to: string) => answer(`give ${to}`);
  const until = async (state: RegExp) => void (await answer(`until ${state.source}`));
  return {
    ask,
    until,
    async give(to) {
      let said = await ask(to);
      // The move of a chord is not over yet.
      while (said === 'busy') said = await ask(to);
      if (said !== to) throw new LabFailure(`Asked for ${to}, the service said ${said}.`);
    },
    owner: (name, ofSeat = 'desk') =>
      until(new RegExp(`"name":"${ofSeat}","owner":"${name}","domains":[^\\]]*\\],"moving":false`)),
    async kill(program) {
      const time = Number(await answer(`kill ${program}`));
      if (Number.isNaN(time)) throw new LabFailure(`Nothing runs as "${program}".`);
      return time;
    },
  };
}

/** Stops the service's main thread; gives what lets it go on. */
export async function blockJavaScript(lab: Lab): Promise<() => Promise<void>> {
  const pid = await output(lab, 'systemctl show -P MainPID handglass');
  const blocker = converse(lab, [...nodeCommand, `${product}/test/input/block-javascript.ts`, pid]);
  if ((await blocker.next()) !== 'blocked') throw new Error('JavaScript is not blocked.');
  return async () => void (await blocker.end());
}
