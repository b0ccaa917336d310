import { describe, expect, test } from 'vitest';
import { knownLines } from '../../src/doctor/log-lines.ts';
import { fileFacts, found, withDomain } from './healthy.ts';
import { lines, logged } from './logged.ts';
import { both, having } from './rows.ts';

const at = (second: number, text: string) => ({ text, time: second * 1000 });

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

  test('that is long is quoted up to what is known of it', () => {
    const device = '{"driver":"vfio-pci","host":"0000:01:00.0","id":"hostdev0","bus":"pci.5"}';
    const prefix = 'internal error: process exited while connecting to monitor';
    const time = '2026-11-30T20:07:28.653034Z';
    const reason = 'vfio 0000:01:00.0: group 10 is not viable';
    const hint = 'Please ensure all devices within the iommu_group are bound to their driver.';
    const long = `${prefix}: ${time} qemu-system-x86_64: -device ${device}: ${reason}?${hint}`;
    const [late] = found('log.group-not-viable', logged(long));
    expect(late?.explanation).toMatch(/ The line: "….{158}…"$/u);
    expect(late?.explanation).toContain(`${device}: ${reason}…`);
    const [early] = found('log.group-not-viable', logged(`${reason}: ${long}`));
    expect(early?.explanation).toContain(`The line: "${reason}: ${prefix}`);
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
    { name: 'looking-glass', verdict: 'warning' },
    { name: 'other', verdict: 'problem' },
  ])('that names a file is a $verdict where a domain with $name starts', ({ name, verdict }) => {
    const started = [at(2, lines['shm-rights'] ?? ''), at(60, 'New machine qemu-2-win10.')];
    const devices = `<shmem name='${name}'><model type='ivshmem-plain'/></shmem>`;
    const [result] = found(
      'log.shm-rights',
      both(having('log', { lines: started }), withDomain({ devices }), ({ libvirt }) => {
        libvirt.domains?.push({ name: 'linux', isRunning: false, xml: null, unread: {} });
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
    {
      id: 'no-passthrough',
      change: having('kernel', { modules: { vfio_pci: 'loaded' } }),
      when: 'the IOMMU is on and vfio-pci is loaded now',
    },
    {
      id: 'virtualization-off',
      change: having('kernel', { modules: { kvm_intel: 'loaded' } }),
      when: '/dev/kvm is there and KVM is loaded now',
    },
  ])('is told no more as a problem where $when', ({ id, change }) => {
    const [result] = found(`log.${id}`, both(logged(lines[id] ?? ''), change));
    expect(result?.verdict).toBe('warning');
  });

  test.each([
    { kvmNode: 'absent', kvm_amd: 'loaded', when: 'there is no /dev/kvm' },
    { kvmNode: null, kvm_amd: 'loaded', when: 'nobody tells of /dev/kvm' },
    { kvmNode: fileFacts({ kind: 'other' }), kvm_amd: 'loadable', when: 'no KVM is loaded' },
  ] as const)('of virtualization that is off is a problem where $when', ({ kvmNode, kvm_amd }) => {
    const [result] = found(
      'log.virtualization-off',
      both(
        logged(lines['virtualization-off'] ?? ''),
        having('virtualization', { kvmNode }),
        having('kernel', { modules: { kvm_amd } }),
      ),
    );
    expect(result?.verdict).toBe('problem');
  });
});
