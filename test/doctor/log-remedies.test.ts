import { describe, expect, test } from 'vitest';
import { card, type Change, found, withDomain } from './healthy.ts';
import { lines, logged } from './logged.ts';
import { both } from './rows.ts';

const named = (path: string): Change => {
  return ({ sharedMemory: [file] }) => {
    if (file !== undefined) file.entry = { ...file.entry, path };
  };
};
const qemuUnknown: Change = ({ people }) => {
  people.qemu = 'absent';
};

describe('a line of the log', () => {
  test('names the file that AppArmor is to open', () => {
    const [result] = found('log.apparmor', logged(lines['apparmor'] ?? ''));
    expect(result?.remedy).toBe(
      "sudo install -d /etc/apparmor.d/local/abstractions && echo '/dev/kvmfr0 rw,' | sudo tee --append /etc/apparmor.d/local/abstractions/libvirt-qemu",
    );
  });

  test('opens a file that is read to be read alone', () => {
    const text = lines['apparmor']?.replace('/dev/kvmfr0"', '/a/gpu.rom" denied_mask="r"') ?? '';
    const [result] = found('log.apparmor', logged(text));
    expect(result?.remedy).toContain("echo '/a/gpu.rom r,' |");
  });

  test.each([
    ['qemu-system-x86', '--comm qemu-system-x86 |'],
    ['CPU 0/KVM', '--context svirt |'],
  ])('has what SELinux denied looked for by its program: %s', (comm, whose) => {
    const said = lines['selinux']?.replace('qemu-kvm', comm) ?? '';
    const text = `${said} tcontext=system_u:object_r:tmpfs_t:s0 tclass=file`;
    const [result] = found('log.selinux', logged(text));
    expect(result?.remedy).toContain(`sudo ausearch --message avc ${whose}`);
  });

  test('asks nobody to read a ROM that the card of a laptop does not have', () => {
    const [result] = found(
      'log.rom-signature',
      both(logged(lines['rom-signature'] ?? ''), ({ pci }) => {
        Object.assign(pci.devices[1] ?? {}, { class: '030200' });
      }),
    );
    expect(result?.remedy).toBeNull();
    expect(result?.advice).toContain("firmware's update");
  });

  test('invents no address of a card that it does not name', () => {
    const [result] = found(
      'log.rom-signature',
      logged('vfio-pci: Invalid PCI ROM header signature'),
    );
    expect(result?.remedy).toBeNull();
    expect(result?.advice).toContain('by its address from `handglass groups`');
  });

  test.each([
    ['-22', 'see `iommu.on`'],
    ['-16', 'Something else has it'],
    ['-5', 'may tell why'],
  ])(
    'has no vfio-pci loaded early that would take the only card, where it failed with %s',
    (code, advice) => {
      const text = `vfio-pci 0000:01:00.0: probe with driver vfio-pci failed with error ${code}`;
      const [result] = found(
        'log.vfio-late',
        both(logged(text), ({ pci }) => {
          Object.assign(pci.devices[1] ?? {}, { driver: null });
        }),
      );
      expect(result?.remedy).toBeNull();
      expect(result?.advice).toContain(advice);
    },
  );

  test('names the bridge above a card whose memory is held', () => {
    const [result] = found('log.bar-reserved', logged(lines['bar-reserved'] ?? ''));
    expect(result?.advice).toContain(
      'echo 1 | sudo tee /sys/bus/pci/devices/0000:00:01.0/remove /sys/bus/pci/rescan',
    );
  });

  test("takes the firmware's screen from no host that shows on no other card", () => {
    const [result] = found(
      'log.bar-reserved',
      both(logged(lines['bar-reserved'] ?? ''), ({ pci }) => {
        pci.uses.byDevice = new Map();
      }),
    );
    expect(result).toMatchObject({
      remedy: null,
      advice: expect.stringContaining('takes the screen of a host that shows on no other card'),
    });
  });

  test("of the processor's own graphics behind the IOMMU leads to what leaves them out", () => {
    const fault = lines['iommu-faults']?.replace('01:00.0', '00:02.0') ?? '';
    const [result] = found('log.iommu-faults', logged(fault));
    expect(result?.remedy).toContain('intel_iommu=on,igfx_off');
    const [given] = found(
      'log.iommu-faults',
      both(logged(fault), withDomain({ pci: ['00:02.0'] })),
    );
    expect(given?.remedy).not.toContain('igfx_off');
  });

  test('has nothing changed for a card that is no more in the machine', () => {
    const gone = lines['bar-reserved']?.replace('0000:01:00.0', '0000:09:00.0') ?? '';
    const [result] = found('log.bar-reserved', logged(gone));
    expect(result).toMatchObject({
      remedy: null,
      advice: 'There is no 0000:09:00.0 in this machine now: look again when it is back.',
    });
  });

  test.each([
    ['/dev/vfio/1', 'Permission denied', '`dynamic_ownership = 0`'],
    ['/dev/input/event4', 'Permission denied', '`qemu:commandline`'],
    ['/dev/input/event4', 'Operation not permitted', '`cgroup_device_acl`'],
  ])('tells how QEMU comes to have the right to %s, after: %s', (path, error, advice) => {
    const text = `qemu-system-x86_64: -object input-linux,id=kbd: Could not open '${path}': ${error}`;
    const [result] = found('log.permission', logged(text));
    expect(result?.advice).toContain(advice);
  });

  test('names no bridge with anything else below it, or with what the host needs', () => {
    const line = logged(lines['bar-reserved'] ?? '');
    const [shared] = found(
      'log.bar-reserved',
      both(line, ({ pci }) => void pci.devices.push(card('0000:02:00.0'))),
    );
    const [needed] = found(
      'log.bar-reserved',
      both(line, ({ pci }) => {
        const display = { kind: 'display' as const, connector: 'card1-DP-1' };
        const cards = ['0000:00:02.0', '0000:01:00.0'];
        Object.assign(pci.uses, { byDevice: new Map(cards.map((each) => [each, [display]])) });
      }),
    );
    const advice = 'Then start the machine anew.';
    expect([shared?.advice, needed?.advice]).toEqual([advice, advice]);
  });

  const odd = '/dev/shm/looking glass';

  test.each<[string, string, Change, string]>([
    [
      `${odd}: Permission denied`,
      'the configuration names it',
      named(odd),
      'sudo handglass shm create Where',
    ],
    [
      `${odd}: Permission denied`,
      'nothing names it',
      () => {},
      `sudo chgrp kvm '${odd}' && sudo chmod g+rw '${odd}' That`,
    ],
    [
      `${odd}: Permission denied`,
      'QEMU is told to run in a group',
      ({ virtualization }) => Object.assign(virtualization.qemuConf ?? {}, { group: 'games' }),
      'sudo chgrp games ',
    ],
    [`${odd}: Permission denied`, 'nobody knows who QEMU is', qemuUnknown, ' Name it'],
    [
      '/dev/kvmfr0: Permission denied',
      'the configuration names it',
      named('/dev/kvmfr0'),
      ' See `looking-glass.rights`, ',
    ],
    [
      '/dev/kvmfr0: Operation not permitted',
      'the configuration names it',
      named('/dev/kvmfr0'),
      ' See `libvirt.device-acl`.',
    ],
    ['/dev/kvmfr0: Operation not permitted', 'nothing names it', () => {}, ' Name it'],
  ])('of shared memory leads to the right to %s, where %s', (error, _when, change, todo) => {
    const text = `can't open backing store ${error.replace(': ', ' for guest RAM: ')}`;
    const [result] = found('log.shm-rights', both(logged(text), change));
    expect(`${result?.remedy ?? ''} ${result?.advice}`).toContain(todo);
  });

  test.each([
    [false, 'loaded', ' See `iommu.on`.'],
    [true, 'loadable', 'sudo modprobe vfio-pci '],
    [true, 'absent', ' See `kernel.vfio-pci`.'],
  ] as const)(
    'of a refusal of PCI devices leads on, where the IOMMU is on: %s, and vfio-pci is %s',
    (isOn, state, todo) => {
      const [result] = found(
        'log.no-passthrough',
        both(logged(lines['no-passthrough'] ?? ''), ({ kernel, pci }) => {
          pci.iommu.isOn = isOn;
          kernel.modules['vfio_pci'] = state;
        }),
      );
      expect(`${result?.remedy ?? ''} ${result?.advice}`).toBe(todo);
    },
  );
});
