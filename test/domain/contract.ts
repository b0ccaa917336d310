/** What every adapter keeps, tried with a real QEMU and real USB devices in the virtual host. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { aliasFor, type UsbAddress, type UsbHostdev } from '../../src/domain/usb-hostdev.ts';
import { converse } from '../lab/guest/input/conversation.ts';
import { product } from '../lab/guest/input/programs.ts';
import type { Lab } from '../lab/lab.ts';
import { output, until } from '../lab/shell.ts';

/** How a test has its way with the domain win10, past the adapter: shell commands. */
export interface Ways {
  /** Does nothing when it runs. */
  start: string;
  pause: string;
  resume: string;
  kill: string;
  /** Prints the number of its process. */
  pid: string;
}

export interface World {
  lab: Lab;
  /** The arguments of domains-asker.ts. */
  adapter: readonly string[];
  ways: Ways;
}

export interface Asker {
  /** Rejects with an error of the failure's name or code, and its message. */
  ask<Result = unknown>(method: string, argument?: unknown): Promise<Result>;
  /** The device with this serial number, once it is plugged in. */
  device(serial: string): Promise<UsbAddress>;
  end(): Promise<number>;
}

export function askerIn(lab: Lab, adapter: readonly string[]): Asker {
  const program = `${product}/test/domain/domains-asker.ts`;
  const asker = converse(lab, [`${product}/node_modules/.bin/node`, program, ...adapter]);

  async function ask<Result>(method: string, argument?: unknown): Promise<Result> {
    asker.say(JSON.stringify([method, argument]));
    const answer = JSON.parse(await asker.next()) as
      { result: Result } | { failure: string; message: string };
    if ('result' in answer) return answer.result;
    if ('failure' in answer) {
      throw Object.assign(new Error(answer.message), { name: answer.failure });
    }
    return undefined as Result;
  }

  return {
    ask,
    device: (serial) => vi.waitUntil(() => ask<UsbAddress | null>('device', serial), patience),
    end: () => asker.end(),
  };
}

const patience = { timeout: 180_000, interval: 200 };

const mouseNode = '/dev/input/by-id/usb-QEMU_QEMU_USB_Mouse_MOUSE1-event-mouse';

const held = ({ bus, device, port }: UsbAddress) => ({ bus, device, alias: aliasFor(port) });

/** @param world is called once the virtual host is up */
export function describeDomains(name: string, world: () => World): void {
  describe(name, () => {
    let lab: Lab;
    let ways: Ways;
    let asker: Asker;
    const sh = (script: string) => output(lab, script);

    beforeAll(() => {
      const { adapter, ...rest } = world();
      ({ lab, ways } = rest);
      asker = askerIn(lab, adapter);
    });

    afterAll(async () => {
      await detachAll();
      await asker.end();
      await sh(ways.kill);
    });

    beforeEach(async () => {
      await sh(ways.start);
      await expectState('running');
      await detachAll();
    });

    async function detachAll(): Promise<void> {
      for (const { alias } of await attached()) await asker.ask('detach', alias);
    }

    const attached = () => asker.ask<UsbHostdev[]>('attached');

    async function expectState(state: string): Promise<void> {
      await vi.waitFor(async () => expect(await asker.ask('state')).toBe(state), patience);
    }

    async function expectChangeBy(script: string): Promise<void> {
      const before = await asker.ask<number>('changes');
      await sh(script);
      const expectMore = async () =>
        expect(await asker.ask<number>('changes')).toBeGreaterThan(before);
      await vi.waitFor(expectMore, patience);
    }

    test('a device is the domain’s once it is attached, and the host’s once it is detached', async () => {
      const mouse = await asker.device('MOUSE1');
      await asker.ask('attach', mouse);
      expect(await attached()).toEqual([held(mouse)]);
      await until(lab, `test ! -e ${mouseNode}`);
      await asker.ask('detach', aliasFor(mouse.port));
      expect(await attached()).toEqual([]);
      await until(lab, `test -e ${mouseNode}`);
    });

    test('several devices of one model are told apart, and each goes by itself', async () => {
      const [mouse, keyboard] = [await asker.device('MOUSE1'), await asker.device('KBD2')];
      await asker.ask('attach', mouse);
      await asker.ask('attach', keyboard);
      const both = await attached();
      expect(both).toHaveLength(2);
      expect(both).toEqual(expect.arrayContaining([held(mouse), held(keyboard)]));
      await asker.ask('detach', aliasFor(mouse.port));
      expect(await attached()).toEqual([held(keyboard)]);
    });

    test('what the domain has already stays, and is there once', async () => {
      const mouse = await asker.device('MOUSE1');
      await asker.ask('attach', mouse);
      await asker.ask('attach', mouse);
      expect(await attached()).toEqual([held(mouse)]);
    });

    test('of several that are attached together those that cannot be are told of alone', async () => {
      const [mouse, keyboard] = [await asker.device('MOUSE1'), await asker.device('KBD2')];
      const absent = { ...mouse, port: '1-9', device: 126 };
      expect(await asker.ask('attachAll', [mouse, absent, keyboard])).toEqual(['1-9']);
      expect(await attached()).toHaveLength(2);
    });

    test('a device that is not plugged in is refused, and leaves nothing', async () => {
      const absent = { ...(await asker.device('MOUSE1')), device: 126 };
      await expect(asker.ask('attach', absent)).rejects.toMatchObject({ name: 'DomainRefusal' });
      expect(await attached()).toEqual([]);
    });

    test('a device with other ids than its address is said to have is refused, and stays', async () => {
      const other = { ...(await asker.device('MOUSE1')), product: 'ffff' };
      await expect(asker.ask('attach', other)).rejects.toMatchObject({ name: 'DomainRefusal' });
      expect(await attached()).toEqual([]);
    });

    test('what the domain does not have counts as detached', async () => {
      await asker.ask('detach', 'ua-handglass-9-9');
    });

    test('a device that was pulled out and plugged in again can be cleared and attached anew', async () => {
      const before = await asker.device('STICK1');
      await asker.ask('attach', before);
      await lab.control('unplug stick');
      await vi.waitFor(
        async () => expect(await asker.ask('device', 'STICK1')).toBeNull(),
        patience,
      );
      // It keeps its place there, though nothing is behind it any more.
      expect(await attached()).toEqual([held(before)]);
      await lab.control('plug stick');
      const now = await asker.device('STICK1');
      expect(now.device).not.toBe(before.device);
      await asker.ask('detach', aliasFor(before.port));
      await asker.ask('attach', now);
      expect(await attached()).toEqual([held(now)]);
    });

    test('a domain that is paused is told of, and gives and takes all the same', async () => {
      await expectChangeBy(ways.pause);
      await expectState('paused');
      const mouse = await asker.device('MOUSE1');
      await asker.ask('attach', mouse);
      await asker.ask('detach', aliasFor(mouse.port));
      expect(await attached()).toEqual([]);
      await expectChangeBy(ways.resume);
      await expectState('running');
    });

    test('its process is the one that runs it', async () => {
      expect(await asker.ask('process')).toBe(Number(await sh(ways.pid)));
    });

    test('a domain whose process is killed is told of, has nothing and takes nothing', async () => {
      // Nobody gives it its driver again, which no other test here asks for.
      const stick = await asker.device('STICK1');
      await asker.ask('attach', stick);
      await expectChangeBy(ways.kill);
      await expectState('shut off');
      expect(await attached()).toEqual([]);
      await asker.ask('detach', aliasFor(stick.port));
      await expect(asker.ask('attach', stick)).rejects.toThrow();
      expect(await asker.ask('process')).toBeNull();
      await expectChangeBy(ways.start);
      await expectState('running');
      await asker.ask('attach', stick);
      expect(await attached()).toEqual([held(stick)]);
    });
  });
}
