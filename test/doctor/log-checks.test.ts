import { describe, expect, test } from 'vitest';
import { knownLines } from '../../src/doctor/log-lines.ts';
import { card, found, withDomain } from './healthy.ts';
import { both, having } from './rows.ts';

const logged = (...texts: string[]) =>
  having('log', { lines: texts.map((text) => ({ text, time: null })) });

const at = (second: number, text: string) => ({ text, time: second * 1000 });

/** A line of each kind, as the kernel, QEMU and libvirt write them. */
const lines: Record<string, string> = {
  'bar-reserved':
    "vfio-pci 0000:01:00.0: BAR 3: can't reserve [mem 0xf0000000-0xf1ffffff 64bit pref]",
  'out-of-memory':
    'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=emulator,task=qemu-system-x86,pid=3563,uid=64055',
  'group-not-viable': 'qemu-system-x86_64: vfio 0000:01:00.0: group 1 is not viable',
  'input-busy': 'libinput error: event4 - ioctl(EVIOCGRAB) failed: Device or resource busy',
  kvmfr: 'kvmfr: disagrees about version of symbol module_layout',
  'unsigned-module':
    'Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7',
  apparmor:
    'audit: type=1400 apparmor="DENIED" operation="open" profile="libvirt-6e1f1c1e" name="/dev/kvmfr0" pid=1 comm="qemu-system-x86"',
  selinux:
    'avc:  denied  { read write } for  pid=1 comm="qemu-kvm" path="/dev/shm/looking-glass" dev="tmpfs" scontext=system_u:system_r:svirt_t:s0',
  permission:
    "qemu-system-x86_64: -object input-linux,id=kbd: Could not open '/dev/input/event4': Permission denied",
  'locked-memory': 'vfio_pin_pages_remote: RLIMIT_MEMLOCK (67108864) exceeded',
  'rom-signature':
    'vfio-pci 0000:01:00.0: Invalid PCI ROM header signature: expecting 0xaa55, got 0xffff',
  'reset-failed': 'vfio-pci 0000:0a:00.0: not ready 65535ms after FLR; giving up',
  'iommu-faults':
    'DMAR: [DMA Read NO_PASID] Request device [01:00.0] fault addr 0x0 [fault reason 0x06]',
  'iommu-failed': 'AMD-Vi: Completion-Wait loop timed out',
  'virtualization-off':
    'kvm_amd: SVM not supported by CPU 0, SVM disabled (by BIOS) in MSR_VM_CR on CPU 0',
  'unknown-parameters':
    'Unknown kernel command line parameters "BOOT_IMAGE=/vmlinuz vfio_foo=1", will be passed to user space.',
  'shm-size': "backing store size 0x2000000 does not match 'size' option 0x4000000",
  'usb-ports': 'internal error: No free USB ports',
  'clock-unstable':
    "clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable because the skew is too large:",
  'split-lock':
    'x86/split lock detection: #AC: CPU 2/KVM/4711 took a split_lock trap at address: 0x1',
  'link-errors':
    'pcieport 0000:00:01.0: PCIe Bus Error: severity=Uncorrectable (Non-Fatal), type=Transaction Layer',
  'unknown-registers': 'kvm [1234]: vcpu0, guest rIP: 0xfffff80 unhandled rdmsr: 0x60d',
  'vfio-late': 'vfio-pci 0000:01:00.0: probe with driver vfio-pci failed with error -16',
};

describe('a line of the log', () => {
  test.each(knownLines.map(({ id }) => id))('that tells of %s is found, and no other', (id) => {
    const text = lines[id];
    if (text === undefined) throw new Error(`no line for ${id}`);
    const amiss = knownLines.flatMap((known) => {
      const [result] = found(`log.${known.id}`, logged(text));
      return result === undefined || result.verdict === 'ok' ? [] : [known.id, result.explanation];
    });
    expect(amiss).toEqual([id, expect.stringContaining(text.slice(0, 60))]);
  });

  test.each([
    'Unknown kernel command line parameters "BOOT_IMAGE=/vmlinuz splash", will be passed to user space.',
    'Out of memory: Killed process 9 (firefox) total-vm:1kB',
    'vfio-pci 0000:01:00.0: vgaarb: changed VGA decodes',
    'audit: type=1400 apparmor="DENIED" operation="open" profile="snap.firefox" name="/dev/input/event1"',
    'DMAR: IOMMU enabled',
    // Of graphics with a unit of their own, on most of Intel's processors.
    'DMAR: IOMMU feature fl1gp_support inconsistent',
    'kvmfr: loading out-of-tree module taints kernel.',
  ])('that is no trouble is none: %s', (text) => {
    const report = knownLines.flatMap(({ id }) => found(`log.${id}`, logged(text)));
    expect(report.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });

  test('that is not there is no good sign in a log whose beginning is gone, or that is closed', () => {
    const [part] = found('log.bar-reserved', having('log', { isWhole: false }));
    const [closed] = found('log.bar-reserved', ({ log }) => {
      log.lines = null;
      log.unread['lines'] = 'permission denied';
    });
    expect([part?.verdict, closed?.verdict]).toEqual(['unknown', 'unknown']);
  });

  test('of a program is not looked for in the log of the kernel alone', () => {
    const ring = having('log', {
      source: 'dmesg',
      unread: { journal: 'no journal files were found' },
    });
    const [viable] = found('log.group-not-viable', ring);
    const [reserved] = found('log.bar-reserved', ring);
    expect(viable).toMatchObject({
      verdict: 'unknown',
      explanation: 'It could not be looked at: no journal files were found.',
    });
    expect(reserved?.verdict).toBe('ok');
  });

  test('is told by the last of its kind, and how many there are', () => {
    const [result] = found(
      'log.group-not-viable',
      logged('group 1 is not viable', 'group 2 is not viable', 'group 3 is not viable'),
    );
    expect(result?.explanation).toMatch(/The last of 3 lines: "group 3 is not viable"$/);
  });

  describe('of a start that failed', () => {
    const failed = lines['group-not-viable'] ?? '';
    const started = at(60, 'New machine qemu-2-win10.');

    test.each([
      { later: [started], verdict: 'warning' },
      { later: [started, at(600, 'Machine qemu-2-win10 terminated.')], verdict: 'warning' },
      { later: [started, at(62, 'Machine qemu-2-win10 terminated.')], verdict: 'problem' },
      { later: [started, at(61, failed)], verdict: 'problem' },
      { later: [at(60, 'New machine qemu-2-linux.')], verdict: 'problem' },
      { later: [], verdict: 'problem' },
    ])('is a $verdict where $later follow', ({ later, verdict }) => {
      const before = [at(1, 'New machine qemu-1-win10.'), at(2, failed)];
      const [result] = found(
        'log.group-not-viable',
        having('log', { lines: [...before, ...later] }),
      );
      expect(result?.verdict).toBe(verdict);
    });
  });

  test.each([
    { guest: 'the one that was killed', name: 'win-10', verdict: 'warning' },
    { guest: 'another', name: 'linux', verdict: 'problem' },
  ])('that names its guest is a $verdict where $guest starts', ({ name, verdict }) => {
    const scope = String.raw`task_memcg=/machine.slice/machine-qemu\x2d1\x2dwin\x2d10.scope`;
    const killed = `oom-kill:constraint=CONSTRAINT_NONE,${scope}/libvirt/emulator,task=qemu-system-x86`;
    const lines = [at(2, killed), at(60, `New machine qemu-2-${name}.`)];
    const [result] = found('log.out-of-memory', having('log', { lines }));
    expect(result?.verdict).toBe(verdict);
  });

  test.each([
    { domains: ['win10'], verdict: 'warning' },
    { domains: ['win10', 'linux'], verdict: 'problem' },
  ])('that names no guest is a $verdict where one of $domains starts', ({ domains, verdict }) => {
    const lines = [
      at(2, 'vfio_pin_pages_remote: RLIMIT_MEMLOCK (67108864) exceeded'),
      at(60, 'New machine qemu-2-win10.'),
    ];
    const [result] = found(
      'log.locked-memory',
      both(having('log', { lines }), ({ libvirt }) => {
        const [first] = libvirt.domains ?? [];
        if (first !== undefined) libvirt.domains = domains.map((name) => ({ ...first, name }));
      }),
    );
    expect(result?.verdict).toBe(verdict);
  });

  test.each([
    {
      id: 'kvmfr',
      change: having('kernel', { modules: { kvmfr: 'loaded' } }),
      when: 'the module is loaded now',
    },
    { id: 'vfio-late', change: () => {}, when: 'vfio-pci has the device now' },
  ])('is told no more as a problem where $when', ({ id, change }) => {
    const [result] = found(`log.${id}`, both(logged(lines[id] ?? ''), change));
    expect(result?.verdict).toBe('warning');
  });

  test('names the file that AppArmor is to open', () => {
    const [result] = found('log.apparmor', logged(lines['apparmor'] ?? ''));
    expect(result?.remedy).toBe(
      "echo '/dev/kvmfr0 rw,' | sudo tee --append /etc/apparmor.d/local/abstractions/libvirt-qemu",
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
    ['/dev/vfio/1', '`dynamic_ownership = 0`'],
    ['/dev/input/event4', '`qemu:commandline`'],
  ])('tells how QEMU comes to have the right to %s', (path, advice) => {
    const text = lines['permission']?.replace('/dev/input/event4', path) ?? '';
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
});
