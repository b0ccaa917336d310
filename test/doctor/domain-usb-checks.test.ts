import { withDomain, type Change } from './healthy.ts';
import { both, having, type Row, testRows } from './rows.ts';

/** The mouse of the seat, and what stands in a `<hostdev>` for it. */
function withUsb(source: string, alias = 'hostdev0'): Change {
  const devices = `<hostdev mode='subsystem' type='usb' managed='yes'><source>${source}</source><alias name='${alias}'/></hostdev>`;
  return withDomain({ devices });
}
const mouseIds = "<vendor id='0x046d'/><product id='0xC077'/>";

const rows: Row[] = [
  {
    id: 'domain.usb',
    when: 'its XML names what the seat moves by ids',
    change: withUsb(mouseIds),
    verdict: 'warning',
    says: 'Its XML has Logitech Mouse (port 1-2) too, which the seat desk moves',
    todo: 'virsh --connect qemu:///system edit win10 Take the <hostdev> out',
  },
  {
    id: 'domain.usb',
    when: 'its XML names what the seat moves by address',
    change: withUsb("<address bus='1' device='3'/>"),
    verdict: 'warning',
  },
  {
    id: 'domain.usb',
    when: 'its XML names another of the kind',
    change: withUsb(`${mouseIds}<address bus='1' device='4'/>`),
    verdict: 'ok',
  },
  {
    id: 'domain.usb',
    when: 'its XML names nothing for sure',
    change: withUsb("<vendor id='0x046d'/>"),
    verdict: 'ok',
  },
  {
    id: 'domain.usb',
    when: 'it runs and has the device by our doing',
    change: withUsb(`${mouseIds}<address bus='1' device='3'/>`, 'ua-handglass-1-2'),
    verdict: 'ok',
  },
  {
    id: 'domain.usb',
    when: 'no seat moves USB devices to it',
    change: both(withUsb(mouseIds), ({ configuration: { config } }) => {
      for (const seat of config?.seats ?? []) seat.usb = [];
    }),
    verdict: 'none',
  },
  {
    id: 'domain.usb',
    when: 'nobody knows what is plugged in',
    change: having('devices', { usb: null }),
    verdict: 'unknown',
  },
];

testRows(rows);
