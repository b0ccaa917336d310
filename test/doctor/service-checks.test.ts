import { expect, test } from 'vitest';
import { fileFacts, found } from './healthy.ts';
import { both, having, type Row, stranger, testRows } from './rows.ts';

const rows: Row[] = [
  {
    id: 'service.configuration',
    when: 'it is wrong',
    change: having('configuration', {
      state: 'wrong',
      problem: '/etc/handglass/handglass.toml:3:1: seat is missing.',
    }),
    verdict: 'problem',
    says: ':3:1: seat is missing.',
    todo: 'handglass config check',
  },
  {
    id: 'service.units',
    when: 'it is not installed',
    change: having('service', { hasUnits: false }),
    verdict: 'warning',
  },
  {
    id: 'service.units',
    when: 'there are none on a system that is an image',
    change: both(
      having('service', { hasUnits: false }),
      having('boot', { systemTool: 'rpm-ostree' }),
    ),
    verdict: 'warning',
    todo: 'install it into the image',
  },
  {
    id: 'service.running',
    when: 'it does not run',
    change: having('service', { hasSocket: false }),
    verdict: 'warning',
    todo: 'sudo systemctl enable --now handglass-shm handglass',
  },
  {
    id: 'service.boot',
    when: 'it is masked',
    change: having('virtualization', { enabledUnits: [], maskedUnits: ['handglass.service'] }),
    verdict: 'warning',
    todo: 'sudo systemctl unmask handglass.service && sudo systemctl enable handglass-shm handglass',
  },
  {
    id: 'service.boot',
    when: 'a unit is not enabled',
    change: having('virtualization', { enabledUnits: ['handglass.service'] }),
    verdict: 'warning',
    says: 'handglass-shm.service',
  },
  {
    id: 'service.restart',
    when: 'it was started by hand',
    change: having('service', { isUnderSystemd: false }),
    verdict: 'warning',
    says: 'the domains must be started anew',
  },
  {
    id: 'service.udev-rules',
    when: 'they are missing',
    change: having('service', { hasUdevRules: false }),
    verdict: 'problem',
  },
  {
    id: 'service.user',
    when: 'a group is missing',
    change: having('people', {
      service: { user: 'handglass', uid: 990, groups: ['handglass', 'kvm', 'libvirt'] },
    }),
    verdict: 'warning',
    todo: 'sudo usermod --append --groups input handglass',
  },
  {
    id: 'service.user',
    when: 'two groups are missing, which are where usermod does not look',
    change: both(
      having('people', { service: { user: 'handglass', uid: 990, groups: ['handglass', 'kvm'] } }),
      having('boot', { systemTool: 'rpm-ostree' }),
    ),
    verdict: 'warning',
    todo: "grep '^libvirt:' /usr/lib/group | sudo tee --append /etc/group && sudo usermod --append --groups input,libvirt handglass",
  },
  {
    id: 'service.uinput',
    when: 'root alone may open it',
    change: having('service', { uinput: { ...fileFacts({ mode: 0o600 }), group: 'handglass' } }),
    verdict: 'problem',
    todo: '--sysname-match=uinput && sudo systemctl try-restart handglass',
  },
  {
    id: 'service.uinput',
    when: 'it is not there',
    change: having('service', { uinput: 'absent' }),
    verdict: 'problem',
    todo: 'sudo modprobe uinput',
  },
  {
    id: 'service.uinput',
    when: 'another group may open it',
    change: having('service', { uinput: { ...fileFacts({ mode: 0o660 }), group: 'games' } }),
    verdict: 'problem',
  },
  {
    id: 'service.uinput',
    when: "another group may open it and nobody tells the service's",
    change: ({ service, people }) => {
      service.uinput = { ...fileFacts({ mode: 0o660 }), group: 'input' };
      people.service = null;
    },
    verdict: 'unknown',
  },
  {
    id: 'service.uinput',
    when: 'a group may open it that the service is in too',
    change: having('service', { uinput: { ...fileFacts({ mode: 0o660 }), group: 'input' } }),
    verdict: 'ok',
  },
  {
    id: 'service.drivers-probe',
    when: 'root alone may write to it',
    change: having('service', { driversProbe: { ...fileFacts({ mode: 0o200 }), group: 'root' } }),
    verdict: 'warning',
  },
  {
    id: 'service.drivers-probe',
    when: 'another group may write to it',
    change: having('service', {
      driversProbe: { ...fileFacts({ mode: 0o220 }), group: 'plugdev' },
    }),
    verdict: 'warning',
  },
  {
    id: 'service.logout',
    when: 'logind clears up',
    change: having('service', { keepsSharedMemory: false }),
    verdict: 'warning',
    todo: 'RemoveIPC=no',
  },
  {
    id: 'service.caller',
    when: 'the group is missing',
    change: stranger,
    verdict: 'warning',
  },
];

testRows(rows);

test('nothing is asked of a service that is not installed', () => {
  const ids = ['running', 'boot', 'udev-rules', 'user', 'caller', 'uinput', 'drivers-probe'];
  const results = ids.flatMap((id) =>
    found(`service.${id}`, ({ service }) => {
      service.hasUnits = false;
    }),
  );
  expect(results).toEqual([]);
});
