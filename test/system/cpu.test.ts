import { describe, expect, test } from 'vitest';
import { readCpu } from '../../src/system/cpu.ts';
import { numbersFrom } from '../../src/system/number-list.ts';
import { createSysfs, failing } from './sysfs.ts';

const cpuinfo = `processor\t: 0
vendor_id\t: GenuineIntel
model name\t: 12th Gen Intel(R) Core(TM) i7-12700K
flags\t\t: fpu vme vmx sse2

processor\t: 1
vendor_id\t: GenuineIntel
`;

/** Two fast threads of one core, a small one, and a processor that is off. */
async function hybrid() {
  const sysfs = await createSysfs();
  const { write } = sysfs;
  await write('/proc/cpuinfo', cpuinfo);
  const folder = '/sys/devices/system/cpu';
  await write(`${folder}/cpu0/topology/thread_siblings_list`, '0-1\n');
  await write(`${folder}/cpu1/topology/thread_siblings_list`, '0-1\n');
  await write(`${folder}/cpu2/topology/thread_siblings_list`, '2\n');
  await write(`${folder}/cpu3/online`, '0\n');
  for (const number of [0, 1, 2]) {
    await write(`${folder}/cpu${number}/cache/index3/shared_cpu_list`, '0-2\n');
  }
  await write(`${folder}/cpufreq/policy0/scaling_governor`, 'powersave\n');
  await write(`${folder}/cpufreq/policy2/scaling_governor`, 'performance\n');
  await write(`${folder}/cpufreq/policy0/scaling_driver`, 'intel_pstate\n');
  await write(`${folder}/cpufreq/policy2/scaling_driver`, 'intel_pstate\n');
  await write('/sys/devices/cpu_core/cpus', '0-1\n');
  await write('/sys/devices/cpu_atom/cpus', '2\n');
  await write('/sys/devices/system/node/node0/cpulist', '0-2\n');
  await write('/sys/devices/system/clocksource/clocksource0/current_clocksource', 'tsc\n');
  return sysfs;
}

test('a processor is read with its cores, threads, frequency and clock', async () => {
  const { host } = await hybrid();
  expect(await readCpu(host)).toEqual({
    vendor: 'GenuineIntel',
    model: '12th Gen Intel(R) Core(TM) i7-12700K',
    virtualization: 'vmx',
    isGuest: false,
    processors: [
      { number: 0, siblings: [0, 1] },
      { number: 1, siblings: [0, 1] },
      { number: 2, siblings: [2] },
    ],
    hybrid: { fast: [0, 1], small: [2] },
    nodes: [{ number: 0, processors: [0, 1, 2] }],
    caches: [[0, 1, 2]],
    governors: ['powersave', 'performance'],
    frequencyDriver: 'intel_pstate',
    clockSource: 'tsc',
    unread: {},
  });
});

test('a processor that tells no flags, as those of ARM, may have virtualization or not', async () => {
  const { host, write } = await hybrid();
  await write('/proc/cpuinfo', 'processor\t: 0\nFeatures\t: fp asimd\n');
  const cpu = await readCpu(host);
  expect(cpu).toMatchObject({ vendor: null, virtualization: null, isGuest: null });
  expect(Object.keys(cpu.unread)).toEqual(
    expect.arrayContaining(['vendor', 'virtualization', 'isGuest']),
  );
});

test('a guest is known by its flags', async () => {
  const { host, write } = await hybrid();
  await write('/proc/cpuinfo', cpuinfo.replace('vmx', 'hypervisor'));
  expect(await readCpu(host)).toMatchObject({ virtualization: 'none', isGuest: true });
});

test('what cannot be read is told with its reason, and nothing else goes with it', async () => {
  const { host } = await hybrid();
  const cpu = await readCpu(failing(host, 'policy2/scaling_governor', 'EACCES'));
  expect(cpu).toMatchObject({ governors: null, frequencyDriver: 'intel_pstate' });
  expect(cpu.unread).toEqual({ governors: 'permission denied' });
});

describe('a list of numbers', () => {
  test.each([
    ['0-3,8', [0, 1, 2, 3, 8]],
    ['7', [7]],
    ['', []],
    ['0-5,^2', [0, 1, 3, 4, 5]],
    ['3,1,1-2', [1, 2, 3]],
  ])('"%s" is read', (list, numbers) => {
    expect(numbersFrom(list)).toEqual(numbers);
  });

  test.each(['a', '3-1', '0-99999999', '-1', '1-', '0x3'])('"%s" is none', (list) => {
    expect(() => numbersFrom(list)).toThrow('unexpected list');
  });
});
