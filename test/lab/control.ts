/** What labctl asks for, done through QMP. Each request is one line of words. */
import { laterUsbDevices, usbBus, usbDevices } from './hardware.ts';
import { LabFailure } from './failure.ts';
import { qemuKey } from './keys.ts';
import type { Qmp } from './qmp.ts';

/** Acts on the request; rejects with a sentence when it cannot be done. */
export type Control = (request: string) => Promise<void>;

export function controlOver(qmp: Qmp): Control {
  const removals = new Map<string, () => void>();
  qmp.on('DEVICE_DELETED', (data) => {
    removals.get(String((data as { device?: string }).device))?.();
  });

  const actions: Record<string, (words: string[]) => Promise<unknown>> = {
    press: ([keys, ...rest]) => sendKeys(keys, rest, true),
    release: ([keys, ...rest]) => sendKeys(keys, rest, false),
    async key([keys, ...rest]) {
      await sendKeys(keys, rest, true);
      await sendKeys(keys, rest, false);
    },
    mouse: ([dx, dy]) =>
      qmp.execute('input-send-event', {
        events: [
          { type: 'rel', data: { axis: 'x', value: whole(dx) } },
          { type: 'rel', data: { axis: 'y', value: whole(dy) } },
        ],
      }),
    async unplug([name]) {
      const id = usbDevice(name);
      const gone = new Promise<void>((resolve) => removals.set(id, resolve));
      await qmp.execute('device_del', { id });
      await gone;
    },
    async plug([name, ...rest]) {
      const id = usbDevice(name);
      await qmp.execute('device_add', { id, bus: usbBus, ...pluggable[id], ...portIn(rest) });
    },
    reboot: () => qmp.execute('system_reset'),
  };

  async function sendKeys(keys: string | undefined, rest: string[], down: boolean): Promise<void> {
    if (keys === undefined) throw new LabFailure('name a key');
    const device = keyboardDisplay(rest);
    const codes = keys.split('+').map(qemuKey);
    for (const data of down ? codes : codes.toReversed()) {
      const events = [{ type: 'key', data: { down, key: { type: 'qcode', data } } }];
      await qmp.execute('input-send-event', { ...device, events });
    }
  }

  return async (request) => {
    const [verb = '', ...words] = request.trim().split(/\s+/);
    const action = Object.hasOwn(actions, verb) ? actions[verb] : undefined;
    if (action === undefined) {
      throw new LabFailure(`${verb} is not one of ${Object.keys(actions).join(', ')}`);
    }
    await action(words);
  };
}

function keyboardDisplay([on, name]: string[]): { device?: string } {
  if (on === undefined || (on === 'on' && name === 'keyboard')) return {};
  if (on === 'on' && name === 'keyboard2') return { device: usbDevices.keyboard2.display };
  throw new LabFailure('after the key comes nothing, or: on keyboard, on keyboard2');
}

const pluggable = { ...usbDevices, ...laterUsbDevices };

function usbDevice(name: string | undefined): keyof typeof pluggable {
  if (name !== undefined && Object.hasOwn(pluggable, name)) return name as keyof typeof pluggable;
  throw new LabFailure(`the device is one of ${Object.keys(pluggable).join(', ')}`);
}

/** Its own port unless another is named. */
function portIn([into, port, ...rest]: string[]): { port?: string } {
  if (into === undefined) return {};
  const isPort = into === 'into' && rest.length === 0 && /^(5\.)?[1-8]$/.test(port ?? '');
  if (isPort && port !== undefined) return { port };
  throw new LabFailure(
    'after the device comes nothing, or: into PORT, which is from 1 to 8, or from 5.1 to 5.8 on the hub',
  );
}

function whole(text: string | undefined): number {
  const value = Number(text);
  if (text === undefined || !Number.isInteger(value)) {
    throw new LabFailure('mouse takes two whole numbers, right and down');
  }
  return value;
}
