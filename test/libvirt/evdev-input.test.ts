import { parseXml } from '@rgrove/parse-xml';
import { expect, test } from 'vitest';
import { evdevInputXml, virtioInputXml } from '../../src/libvirt/evdev-input.ts';

const forms = [
  { form: 'evdev', xml: evdevInputXml },
  { form: 'virtio', xml: virtioInputXml },
];

test.each(forms)(
  "the input of a domain by $form is the keyboard's proxy and the pointer's",
  async ({ form, xml }) => {
    await expect(xml('win10', [])).toMatchFileSnapshot(`../golden/libvirt/input-${form}.xml`);
  },
);

test.each(forms)('clones follow behind the proxies by $form', async ({ form, xml }) => {
  const clones = ['win10-wacom-intuos-pen', 'win10-wacom-intuos-pad'];
  await expect(xml('win10', clones)).toMatchFileSnapshot(
    `../golden/libvirt/input-${form}-clones.xml`,
  );
});

test.each(forms)('any name of a proxy gives sound XML by $form', ({ xml }) => {
  const { root } = parseXml(`<devices>${xml('a--b.c_d+e', ['a--b.c_d+e-pen'])}</devices>`);
  expect(root?.text.trim()).toBe('');
  expect(JSON.stringify(root)).toContain('"/dev/input/by-handglass/a--b.c_d+e-pointer"');
  expect(JSON.stringify(root)).toContain('"/dev/input/by-handglass/a--b.c_d+e-pen"');
});
