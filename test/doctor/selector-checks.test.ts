import { having, type Row, testRows } from './rows.ts';

const rows: Row[] = [
  {
    id: 'input.selected',
    when: 'a seat names what is not there',
    change: ({ devices: { input } }) => {
      if (input?.[0] !== undefined) input[0].name = 'Another';
    },
    verdict: 'warning',
    says: '{ name = "Keyboard" }',
  },
  {
    id: 'usb.selected',
    when: 'a selector fits two',
    change: ({ devices: { usb } }) => {
      const [first] = usb ?? [];
      if (first !== undefined) usb?.push({ ...first, port: '1-3' });
    },
    verdict: 'problem',
    says: 'none of them moves',
  },
  {
    id: 'usb.selected',
    when: 'what is named is not plugged in',
    change: having('devices', { usb: [] }),
    verdict: 'warning',
  },
];

testRows(rows);
