/** What the seat of the handoff benchmark is made of. */

/** The keyboard that the chord is pressed on. */
export const benchKeyboard = 'Bench keyboard';

/** Where a guest of libvirt's own network calls: by TLS. */
export const guestAddress = '192.168.122.1';
export const guestPort = 18503;

/** Serial numbers of the USB devices, in each case. */
export const cases = [['MOUSE1'], ['MOUSE1', 'STICK1', 'KBD2']] as const;

export function configWith(serials: readonly string[]): string {
  const usb = serials.map((serial) => `{ serial = "${serial}" }`);
  return `
[[seat]]
name = "desk"
domains = ["win10"]
input = [{ name = "${benchKeyboard}" }]
usb = [${usb.join(', ')}]

[server]
listen = ["${guestAddress}:${guestPort}"]
`;
}
