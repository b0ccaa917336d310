import { describe, expect, test } from 'vitest';
import type { Facts } from '../../src/doctor/facts.ts';
import type { Verdict } from '../../src/doctor/verdict.ts';
import { verdicts } from '../../src/doctor/verdict.ts';
import type { ReadFiles } from '../../src/host/ports.ts';
import { surveyPci } from '../../src/system/pci-survey.ts';
import { b550 } from '../machines/b550.ts';
import { buildMachine } from '../machines/build.ts';
import { gtx970 } from '../machines/gtx-970.ts';
import { irisXeRocky9 } from '../machines/iris-xe-rocky-9.ts';
import type { Machine, PciCard } from '../machines/machine.ts';
import { rhelServer82576 } from '../machines/rhel-server-82576.ts';
import { threadripper } from '../machines/threadripper.ts';
import { card, healthy } from './healthy.ts';
import { failing } from '../system/sysfs.ts';

async function verdictOn(
  machine: Machine,
  at: string,
  through: (host: ReadFiles) => ReadFiles = (host) => host,
): Promise<Verdict> {
  const { host } = await buildMachine(machine);
  const found = verdicts(await surveyPci(through(host)));
  const verdict = found.find(({ address }) => address === `0000:${at}`);
  if (verdict === undefined) throw new Error(`no verdict on ${at}`);
  return verdict;
}

/** The machine with these changes to some of its cards. */
function changed(machine: Machine, changes: Record<string, Partial<PciCard>>): Machine {
  return {
    ...machine,
    pci: machine.pci.map((card) => ({ ...card, ...changes[card.at] })),
  };
}

/** Of a card that the machine started on, and no driver has. */
function onFirmwareScreen(change: (facts: Facts) => void = () => {}): Verdict {
  const { pci } = healthy((facts) => {
    Object.assign(facts.pci.devices[1]!, { driver: null, bootVga: true });
    facts.pci.uses.byDevice = new Map([
      ['0000:01:00.0', [{ kind: 'firmware-screen', name: 'EFI VGA' }]],
    ]);
    change(facts);
  });
  const verdict = verdicts(pci).find(({ address }) => address === '0000:01:00.0');
  if (verdict === undefined) throw new Error('no verdict');
  return verdict;
}

function obstacle({ obstacles }: Verdict, id: Verdict['obstacles'][number]['id']) {
  const found = obstacles.find((each) => each.id === id);
  if (found === undefined)
    throw new Error(`not ${id} but ${obstacles.map((each) => each.id).join()}`);
  return found;
}

describe('a card that VFIO has', () => {
  test('can go, with its own functions and whatever bridge is above', async () => {
    expect(await verdictOn(gtx970, '06:00.0')).toEqual({
      address: '0000:06:00.0',
      name: 'NVIDIA GM204 [GeForce GTX 970]',
      kind: 'graphics',
      answer: 'ready',
      brief: 'can go',
      together: ['0000:06:00.1'],
      foreign: [],
      obstacles: [],
      losses: [],
    });
  });

  test('goes with its sound where that has a group of its own, and with all that is there', async () => {
    expect(await verdictOn(b550, '0a:00.0')).toMatchObject({ together: ['0000:0a:00.1'] });
  });

  test('is told not to reset where its family does not, whatever the kernel says', async () => {
    const verdict = await verdictOn(b550, '0a:00.0');
    expect(verdict).toMatchObject({ answer: 'ready' });
    expect(obstacle(verdict, 'no-reset').remedy).toContain(String.raw`"PCI\VEN_1002&DEV_731F"`);
    expect(obstacle(verdict, 'boot-display').remedy).toContain('`video=efifb:off`');
  });

  test('is not told as ready while one of its functions is with another driver', async () => {
    const machine = changed(gtx970, { '06:00.1': { driver: 'snd_hda_intel' } });
    const verdict = await verdictOn(machine, '06:00.0');
    expect(verdict).toMatchObject({ answer: 'prepare', brief: 'can go once vfio-pci has it' });
    expect(obstacle(verdict, 'driver').remedy).toBe(
      "From the start: `vfio-pci.ids=10de:0fbb` on the kernel's command line. At once: `sudo virsh --connect qemu:///system nodedev-detach pci_0000_06_00_1`.",
    );
  });
});

describe('without an IOMMU', () => {
  test.each([
    [
      { acpiTables: ['DMAR'] },
      "The firmware offers it. Put `intel_iommu=on` on the kernel's command line, and start the machine anew.",
      'the firmware has it on',
    ],
    [
      { acpiTables: [] },
      "Turn on `VT-d` in the firmware's setup. Put `intel_iommu=on` on the kernel's command line, and start the machine anew.",
      'the firmware has it off',
    ],
    [
      { acpiTables: ['DMAR'], commandLine: 'ro iommu=pt,off' },
      "Take `iommu=pt,off` off the kernel's command line, and start the machine anew.",
      'the kernel was told to leave it off',
    ],
  ])('nothing goes, and what to do about it depends: %j', async (changes, remedy, _reason) => {
    const machine = { ...gtx970, commandLine: 'ro', ...changes, iommu: null };
    const verdict = await verdictOn(machine, '06:00.0');
    expect(verdict).toMatchObject({ answer: 'stays', brief: 'stays: the IOMMU is off' });
    expect(obstacle(verdict, 'iommu-off').remedy).toBe(remedy);
  });

  test.each([
    { iommu: null, id: 'iommu-off', brief: 'stays: the IOMMU is off' },
    { iommu: gtx970.iommu, id: 'no-group', brief: 'stays: it is in no IOMMU group' },
  ] as const)(
    'a group that VFIO has made makes nothing ready: $brief',
    async ({ iommu, id, brief }) => {
      const at = '0000:06:00.0';
      const pci = gtx970.pci.map(({ group, ...each }) =>
        group === undefined || each.at === '06:00.0' ? each : { ...each, group },
      );
      const { host, link, write } = await buildMachine({ ...gtx970, iommu, pci });
      const group = '/sys/kernel/iommu_groups/90';
      await write(`${group}/name`, 'vfio-noiommu\n');
      await link(group, `/sys/bus/pci/devices/${at}/iommu_group`);
      await link(`/sys/bus/pci/devices/${at}`, `${group}/devices/${at}`);
      const verdict = verdicts(await surveyPci(host)).find(({ address }) => address === at);
      expect(verdict).toMatchObject({ answer: 'stays', brief });
      expect(verdict?.obstacles.find((each) => each.id === id)?.explanation).toContain(
        'VFIO was told to do without (`enable_unsafe_noiommu_mode`), but QEMU takes no such device.',
      );
    },
  );

  test('an AMD machine is sent to its firmware', async () => {
    const off = { ...b550, iommu: null, acpiTables: [] };
    const root = { at: '00:00.0', is: '0600 1022:1480 00', name: '' };
    const verdict = await verdictOn({ ...off, pci: [root, ...off.pci] }, '0a:00.0');
    expect(obstacle(verdict, 'iommu-off').remedy).toMatch(
      /^Turn on `IOMMU` in the firmware's setup/,
    );
  });

  test('what cannot be read is not told as off', async () => {
    expect(await verdictOn(gtx970, '06:00.0', blind)).toMatchObject({
      answer: 'unknown',
      brief: 'unknown: nobody says whether the IOMMU is on',
    });
  });
});

/** The same files without a look at the IOMMU. */
function blind(host: ReadFiles): ReadFiles {
  const listFolder = async (path: string) => {
    if (/iommu_groups$|class\/iommu$/.test(path)) {
      throw Object.assign(new Error('no'), { code: 'EACCES' });
    }
    return host.listFolder(path);
  };
  return { ...host, listFolder };
}

describe('interrupts', () => {
  test('that are not remapped keep everything here', async () => {
    const verdict = await verdictOn(rhelServer82576, '00:1a.7');
    expect(verdict.brief).toBe('stays: interrupts are not remapped');
  });

  test('are a risk where VFIO was told to do without', async () => {
    const path = '/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts';
    const machine = changed(
      { ...rhelServer82576, files: { [path]: 'Y\n' } },
      Object.fromEntries(
        ['0', '1', '2', '7'].map((each) => [`00:1a.${each}`, { driver: 'vfio-pci' }]),
      ),
    );
    expect(await verdictOn(machine, '00:1a.7')).toMatchObject({
      answer: 'ready',
      brief: 'can go, but interrupts are not remapped',
    });
  });

  test('of which nobody tells leave it open', async () => {
    const verdict = await verdictOn(gtx970, '06:00.0', (host) =>
      failing(host, '/proc/interrupts', 'EACCES'),
    );
    expect(verdict.answer).toBe('unknown');
  });
});

describe('what else is in the group', () => {
  test('keeps a device here while the host needs it, with the way out and its price', async () => {
    const verdict = await verdictOn(b550, '02:00.0');
    expect(verdict.foreign).toEqual(['0000:05:00.0', '0000:06:00.0', '0000:07:00.0']);
    const { explanation, remedy } = obstacle(verdict, 'group-shared');
    expect(explanation).toContain('/dev/nvme0n1p3, mounted on /');
    expect(explanation).toContain('the network on eno1 through br0 (default route)');
    expect(remedy).toContain('`pcie_acs_override=downstream,multifunction`');
  });

  test('can come along where the host does nothing with it', async () => {
    const idle = { ...threadripper, network: [] };
    expect(obstacle(await verdictOn(idle, '01:00.0'), 'group-shared').remedy).toBe(
      'Give these to the same guest too, or take them from their drivers: `sudo driverctl set-override 0000:04:00.0 vfio-pci`, `sudo driverctl set-override 0000:05:00.0 vfio-pci`, `sudo driverctl set-override 0000:06:00.0 vfio-pci`.',
    );
  });

  test('is not taken from a driver that does not say whether the host shows on it', async () => {
    const machine = changed(gtx970, {
      '01:00.0': { group: 13, driver: 'nvidia', connectors: {} },
      '01:00.1': { group: 13, driver: 'vfio-pci' },
    });
    expect(obstacle(await verdictOn(machine, '06:00.0'), 'group-shared').remedy).toBe(
      'The driver nvidia does not say whether the host has a display on it: see that first.',
    );
  });

  test('is a small matter where no driver has it', async () => {
    const free = Object.fromEntries(
      ['01:00.0', '01:00.1', '04:00.0', '05:00.0', '06:00.0'].map((at) => [
        at,
        { driver: 'vfio-pci' },
      ]),
    );
    expect(
      await verdictOn(changed({ ...threadripper, network: [] }, free), '01:00.0'),
    ).toMatchObject({
      answer: 'ready',
      brief: 'can go, but 3 others of its group can serve no one else',
    });
  });

  test('counts where it is a bridge to the processor with a driver of its own', async () => {
    const machine = changed(gtx970, { '00:00.0': { group: 13, driver: 'ie31200_edac' } });
    expect(await verdictOn(machine, '06:00.0')).toMatchObject({ foreign: ['0000:00:00.0'] });
    const without = changed(gtx970, { '00:00.0': { group: 13 }, '00:1c.6': { group: 13 } });
    expect(await verdictOn(without, '06:00.0')).toMatchObject({ foreign: [], answer: 'ready' });
  });

  test.each(['107c580000.hvs', '0000:0a:00.0'])(
    'leaves it open while nothing is known of %s',
    async (name) => {
      const machine = {
        ...gtx970,
        files: { [`/sys/kernel/iommu_groups/13/devices/${name}/uevent`]: '' },
      };
      expect(await verdictOn(machine, '06:00.0')).toMatchObject({
        answer: 'unknown',
        brief: `unknown: shares its group with ${name}`,
      });
    },
  );

  test('may be more than a guest takes', async () => {
    const crowd = Array.from({ length: 40 }, (_, index) => ({
      at: `${(0x20 + index).toString(16)}:00.0`,
      is: '0200 8086:10c9 01',
      name: 'Port',
      group: 13,
      driver: 'vfio-pci',
    }));
    const verdict = await verdictOn({ ...gtx970, pci: [...gtx970.pci, ...crowd] }, '06:00.0');
    expect(verdict).toMatchObject({ answer: 'stays', brief: 'stays: 42 devices go together' });
  });
});

describe('the host', () => {
  test('keeps a card that a display is on, and is told what it would lose', async () => {
    const verdict = await verdictOn(gtx970, '01:00.0');
    expect(verdict.brief).toBe('stays: a display of the host is on it');
    expect(verdict.losses.map(({ what }) => what)).toEqual([
      'the display on DVI-D-1',
      'the display on HDMI-A-1',
      'the sound card NVidia',
    ]);
  });

  test('may have a display on a card whose driver shows no connectors', async () => {
    const machine = changed(gtx970, { '01:00.0': { driver: 'nvidia', connectors: {} } });
    const verdict = await verdictOn(machine, '01:00.0');
    expect(verdict.answer).toBe('unknown');
    expect(obstacle(verdict, 'use-unknown').remedy).toContain('`nvidia-drm.modeset=1`');
    expect(obstacle(verdict, 'driver').remedy).toBe(
      'The driver nvidia does not say whether the host has a display on it: see that first.',
    );
  });

  test('is told how a card is taken from the start on while it shows on another one too', async () => {
    const machine = changed(gtx970, {
      '06:00.0': { driver: 'nouveau', connectors: { 'DP-1': true } },
    });
    const { remedy } = obstacle(await verdictOn(machine, '06:00.0'), 'driver');
    expect(remedy).toMatch(/^From the start: `vfio-pci\.ids=10de:13c2`/);
    expect(remedy).toContain('The host would lose the display on DP-1: see to that first.');
    expect(remedy).not.toContain('At once');
  });

  test("keeps the card on which the firmware's screen is all that it shows", () => {
    const verdict = onFirmwareScreen();
    expect(verdict.brief).toBe('stays: the host shows on nothing else');
    expect(obstacle(verdict, 'boot-display').remedy).not.toContain('efifb');
    expect(obstacle(verdict, 'driver').remedy).toBe(
      'The host would lose the screen of the firmware (EFI VGA): see to that first.',
    );
  });

  test("does without the firmware's screen where another card has a display, or VFIO has this one", () => {
    const display = { kind: 'display' as const, connector: 'card0-DP-1' };
    const elsewhere = onFirmwareScreen(({ pci }) => {
      pci.uses.byDevice = new Map([...pci.uses.byDevice, ['0000:00:02.0', [display]]]);
    });
    expect(elsewhere.answer).toBe('prepare');
    const given = onFirmwareScreen(({ pci }) => {
      Object.assign(pci.devices[1]!, { driver: 'vfio-pci' });
    });
    expect(given).toMatchObject({ answer: 'ready', losses: [] });
  });

  test('does not lose its last keyboard, and may lose one of two', async () => {
    expect((await verdictOn(irisXeRocky9, '00:14.0')).brief).toBe(
      'stays: the only keyboard goes with it',
    );
    const [usb] = irisXeRocky9.input ?? [];
    if (usb === undefined) throw new Error('no keyboard');
    const { on: _, ...built } = { ...usb, node: 9, phys: 'isa0060/serio0/input0' };
    const two = { ...irisXeRocky9, input: [usb, built] };
    expect(await verdictOn(two, '00:14.0')).toMatchObject({
      answer: 'prepare',
      losses: [{ what: 'the keyboard USB Keyboard (USB port 1-3)', keeps: null }],
    });
  });

  test.each([
    ['card0-HDMI-A-1/status', 'unknown: nobody says what the host does with it'],
    ['06:00.0/driver_override', 'can go'],
  ])('is not told as free while %s cannot be read: %s', async (file, brief) => {
    const verdict = await verdictOn(gtx970, '06:00.0', (host) => failing(host, file, 'EIO'));
    expect(verdict.brief).toBe(brief);
  });
});

test('of two cards with the same ids each is to be bound by its address', async () => {
  const { remedy } = obstacle(await verdictOn(threadripper, '08:00.0'), 'driver');
  expect(remedy).toContain('by address, early at boot, since 0000:43:00.0 has the same ids');
  expect(remedy).not.toContain('vfio-pci.ids');
});

test('a controller on a root bus without a reset may serve once', async () => {
  const verdict = await verdictOn(gtx970, '00:14.0');
  expect(obstacle(verdict, 'no-reset')).toMatchObject({ weight: 'risk', brief: 'it has no reset' });
});

test('a controller is not reset by a bus on which another function stays with the host', () => {
  const { pci } = healthy();
  const [usb, sound] = ['0000:05:00.3', '0000:05:00.4'];
  pci.devices.push(
    card(usb, { class: '0c0330', iommuGroup: 20, canReset: false, resetMethods: [] }),
    card(sound, { class: '040300', iommuGroup: 21, driver: 'snd_hda_intel' }),
  );
  const verdict = verdicts(pci).find(({ address }) => address === usb);
  expect(verdict).toMatchObject({ answer: 'ready', brief: 'can go, but it has no reset' });
  expect(verdict?.obstacles[0]?.explanation).toContain(
    `nor its bus while ${sound} is not with the same guest`,
  );
});

test("a card's own USB controller goes with the card and is not asked for alone", async () => {
  const own = {
    at: '06:00.2',
    is: '0c0330 10de:1aec a1',
    name: 'USB 3.1 Host Controller',
    group: 13,
    under: '00:1c.6',
    driver: 'vfio-pci',
  };
  const { host } = await buildMachine({ ...gtx970, pci: [...gtx970.pci, own] });
  const found = verdicts(await surveyPci(host));
  expect(found.map(({ address }) => address)).not.toContain('0000:06:00.2');
  expect(found.find(({ address }) => address === '0000:06:00.0')?.together).toEqual([
    '0000:06:00.1',
    '0000:06:00.2',
  ]);
});

const apu: PciCard[] = [
  { at: '04:00.0', is: '0300 1002:1638 c1', name: 'Cezanne', group: 20, under: '00:1c.6' },
  { at: '04:00.1', is: '0403 1002:1637 00', name: 'Sound', group: 20, under: '00:1c.6' },
  { at: '04:00.3', is: '0c0330 1022:1639 00', name: 'USB 3.1', group: 20, under: '00:1c.6' },
];

test("a processor's USB controller in its graphics' slot is asked for alone, with an IOMMU or without", async () => {
  const machine = { ...gtx970, pci: [...gtx970.pci, ...apu] };
  expect((await verdictOn(machine, '04:00.3')).together).toEqual(['0000:04:00.0', '0000:04:00.1']);
  const off = { ...machine, iommu: null };
  expect((await verdictOn(off, '04:00.3')).together).toEqual([]);
  expect((await verdictOn(off, '04:00.0')).together).toEqual(['0000:04:00.1']);
});
