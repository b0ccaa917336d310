import type { Config } from '../config/schema.ts';
import type { HandglassError } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';
import { inputDevices } from '../system/input.ts';
import { type Unread, unlessUnread } from '../system/unread.ts';
import { usbDevices } from '../system/usb.ts';
import { errorFrom } from './check.ts';
import { reportOn } from './report.ts';
import { inputSelected, usbSelected } from './selector-checks.ts';

/**
 * What the whole report would say of selectors that fit nothing here, or more than they may. Devices that
 * cannot be read are the doctor's matter.
 */
export async function unfitSelectors(
  host: ReadFiles,
  config: Config,
  configPath: string,
): Promise<HandglassError[]> {
  const unread: Unread = {};
  const [usb, input] = await Promise.all([
    unlessUnread(unread, 'usb', () => usbDevices(host)),
    unlessUnread(unread, 'input', () => inputDevices(host)),
  ]);
  const facts = { configuration: { config }, devices: { usb, input, unread } };
  const subject = { name: 'Selectors', checks: [inputSelected, usbSelected] };
  const { subjects } = reportOn(facts, [subject], {
    configPath,
    uri: config.libvirt.uri,
    isRoot: false,
  });
  return subjects
    .flatMap(({ results }) => results)
    .filter(({ verdict }) => verdict === 'warning' || verdict === 'problem')
    .map((finding) => errorFrom('device-absent', finding));
}
