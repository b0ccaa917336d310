import type { ModuleState } from '../../src/system/kernel.ts';
import { withDomain, type Change } from './healthy.ts';
import { both, gpu, guest, having, type Row, testRows } from './rows.ts';

const vega = { vendor: '1002', device: '687f', resetMethods: ['bus'] };
const vendorReset =
  (state: ModuleState): Change =>
  ({ kernel }) => {
    kernel.modules['vendor_reset'] = state;
  };

const rows: Row[] = [
  {
    id: 'domain.reset',
    when: 'it has none',
    change: both(withDomain(gpu), guest(1, { canReset: false, resetMethods: [], bridges: [] })),
    verdict: 'warning',
    says: 'cannot reset it',
  },
  {
    id: 'domain.reset',
    when: 'its bus can be reset, and the domain has all that is on it',
    change: both(
      withDomain(gpu),
      ...[1, 2].map((at) => guest(at, { canReset: false, resetMethods: [] })),
    ),
    verdict: 'ok',
  },
  {
    id: 'domain.reset',
    when: 'its bus can be reset, and a function on it is not in the domain',
    change: both(withDomain({ pci: ['01:00.0'] }), guest(1, { canReset: false, resetMethods: [] })),
    verdict: 'warning',
    says: 'nor its bus while 0000:01:00.1 is not with the same guest',
  },
  {
    id: 'domain.reset',
    when: 'vendor-reset is loaded, and the kernel goes its own way',
    change: both(withDomain(gpu), guest(1, vega), vendorReset('loaded')),
    verdict: 'warning',
    todo: 'echo device_specific | sudo tee /sys/bus/pci/devices/0000:01:00.0/reset_method',
  },
  {
    id: 'domain.reset',
    when: 'vendor-reset is loaded, and the card has no file to choose it in',
    change: both(
      withDomain({ pci: ['01:00.0'] }),
      guest(1, { ...vega, canReset: false, resetMethods: [] }),
      vendorReset('loaded'),
    ),
    verdict: 'warning',
    todo: ' Let the guest eject it',
  },
  {
    id: 'domain.reset',
    when: 'vendor-reset does it, on a kernel that asks it at each reset',
    change: both(
      withDomain({ pci: ['01:00.0'] }),
      guest(1, { ...vega, canReset: false, resetMethods: [] }),
      vendorReset('loaded'),
      having('kernel', { version: [5, 14] }),
    ),
    verdict: 'ok',
    says: 'vendor-reset resets it',
  },
  {
    id: 'domain.reset',
    when: 'vendor-reset does it',
    change: both(
      withDomain({ pci: ['01:00.0'] }),
      guest(1, { ...vega, resetMethods: ['device_specific', 'bus'] }),
      vendorReset('loaded'),
    ),
    verdict: 'ok',
    says: 'device_specific',
  },
  {
    id: 'domain.reset',
    when: 'vendor-reset does it, on a kernel that tells no methods',
    change: both(
      withDomain({ pci: ['01:00.0'] }),
      guest(1, { ...vega, resetMethods: null }),
      vendorReset('loaded'),
    ),
    verdict: 'ok',
    says: 'vendor-reset',
  },
  {
    id: 'domain.reset',
    when: 'vendor-reset is loaded, and nobody tells how the kernel resets the card',
    change: both(
      withDomain({ pci: ['01:00.0'] }),
      guest(1, { ...vega, resetMethods: null, unread: { resetMethods: 'no answer' } }),
      vendorReset('loaded'),
    ),
    verdict: 'unknown',
  },
  {
    id: 'domain.reset',
    when: 'vendor-reset is there and not loaded',
    change: both(withDomain(gpu), guest(1, vega)),
    verdict: 'warning',
    todo: 'sudo modprobe vendor-reset',
  },
  {
    id: 'domain.reset',
    when: 'there is no vendor-reset',
    change: both(withDomain(gpu), guest(1, vega), vendorReset('absent')),
    verdict: 'warning',
    todo: 'handglass-guest install --eject "PCI\\VEN_1002&DEV_687F"',
  },
];

testRows(rows);
