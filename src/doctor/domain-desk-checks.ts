/** What a domain has of the desk: Looking Glass, keyboard and mouse, and room for USB devices. */
import { proxyName } from '../config/proxy-name.ts';
import type { DomainXml } from '../libvirt/domain-xml.ts';
import { sizeText } from '../shm/wording.ts';
import { type Check, type Finding, known, ok, problem, unknown, warning } from './check.ts';
import { eachDomain, editCommand } from './each-domain.ts';
import type { Facts } from './facts.ts';
import { shellWord } from './shell-word.ts';

export const domainDeskChecks: Check[] = [
  { id: 'domain.shared-memory', title: 'Shared memory of domains', look: eachDomain(sharedMemory) },
  {
    id: 'domain.shmem-size',
    title: 'Size of shared memory in domains',
    look: eachDomain(shmemSize),
  },
  { id: 'domain.spice', title: 'SPICE', look: eachDomain(spice) },
  { id: 'domain.input', title: 'Keyboard and mouse of domains', look: eachDomain(seatInput) },
  { id: 'domain.evdev', title: 'Event devices of domains', look: eachDomain(evdev) },
  { id: 'domain.usb-controller', title: 'USB controller of domains', look: eachDomain(usb) },
];

function sharedMemory(xml: DomainXml, facts: Facts): Finding | Finding[] {
  const own = facts.sharedMemory.filter(({ entry }) => entry.domain === xml.name);
  return own.map(({ entry, bytes }): Finding => {
    const { path } = entry;
    if (path.startsWith('/dev/kvmfr')) {
      return xml.extra.arguments.some((word) => word.includes(path))
        ? ok(`It has ${path}.`)
        : problem(`The configuration gives it ${path}, and its XML does not name that.`, {
            remedy: editCommand(xml.name),
            advice:
              'Add `-device ivshmem-plain` with a memory-backend-file of it to `qemu:commandline`.',
          });
    }
    const name = path.slice('/dev/shm/'.length);
    const shmem = xml.shmems.find((each) => each.name === name);
    if (shmem === undefined) {
      return problem(`The configuration gives it ${path}, and its XML has no such <shmem>.`, {
        remedy: editCommand(xml.name),
        advice: `Put in: <shmem name='${name}'><model type='ivshmem-plain'/><size unit='M'>${bytes / 1024 ** 2}</size></shmem>`,
      });
    }
    return shmem.model === 'ivshmem-plain'
      ? ok(`It has ${path}.`)
      : problem(
          `Its <shmem> is of the model ${shmem.model}, and Looking Glass needs ivshmem-plain.`,
          {
            remedy: editCommand(xml.name),
          },
        );
  });
}

/** What libvirt gives a <shmem> without a <size>. */
const defaultBytes = 4 * 1024 ** 2;

function shmemSize(xml: DomainXml, facts: Facts): Finding | Finding[] {
  return xml.shmems.map(({ name, bytes: told }): Finding => {
    const edit = { remedy: editCommand(xml.name) };
    const bytes = told ?? defaultBytes;
    const file = facts.sharedMemory.find(({ entry }) => entry.path === `/dev/shm/${name}`);
    if (bytes < 1024 ** 2 || !Number.isInteger(Math.log2(bytes))) {
      const next = file?.bytes ?? 2 ** Math.max(20, Math.ceil(Math.log2(bytes)));
      return problem(
        `${name} has ${sizeText(bytes)}, which is no power of two from 1 MiB on, and libvirt refuses to start it.`,
        { ...edit, advice: sizeAdvice(next) },
      );
    }
    if (file === undefined) return unnamedShmem(name, bytes, facts);
    if (bytes !== file.bytes) {
      return problem(
        `${name} has ${sizeText(bytes)} in its XML, and ${sizeText(file.bytes)} by the configuration: QEMU refuses a file of another size.`,
        { ...edit, advice: sizeAdvice(file.bytes) },
      );
    }
    return ok(`${name} has ${sizeText(bytes)}, as the file has.`);
  });
}

function sizeAdvice(bytes: number): string {
  return `Write <size unit='M'>${bytes / 1024 ** 2}</size>.`;
}

/** Of a file that the configuration does not name; others than Looking Glass's QEMU makes as it needs them. */
function unnamedShmem(name: string, bytes: number, { paths, people }: Facts): Finding {
  const path = `/dev/shm/${name}`;
  const fine = ok(`${name} has ${sizeText(bytes)}.`);
  const facts = paths.get(path);
  if (facts === undefined) return fine;
  return known(facts, 'found', (found) => {
    const todo = {
      advice:
        'Name it in a [[looking-glass]] of the configuration, which makes it as it is needed.',
    };
    if (found === 'absent') {
      return name.startsWith('looking-glass')
        ? warning(`Nothing has made ${path}: QEMU makes one that no other user can open.`, todo)
        : fine;
    }
    if (found.size !== bytes) {
      return problem(
        `${path} has ${sizeText(found.size)}, and ${sizeText(bytes)} in its XML: QEMU refuses a file of another size.`,
        todo,
      );
    }
    const { qemu } = people;
    const isOfQemu = qemu !== null && qemu !== 'absent' && found.uid === qemu.uid;
    return isOfQemu && (found.mode & 0o022) === 0
      ? warning(`QEMU has made ${path} itself, and no other user can open it.`, todo)
      : fine;
  });
}

function spice(xml: DomainXml, facts: Facts): Finding | Finding[] {
  if (!facts.sharedMemory.some(({ entry }) => entry.domain === xml.name)) return [];
  return xml.graphics.includes('spice')
    ? ok('The Looking Glass client has its clipboard and sound from it.')
    : warning('It has no SPICE, without which the Looking Glass client ends at once.', {
        remedy: editCommand(xml.name),
        advice: "Put in <graphics type='spice'/>, or start the client with `spice:enable=no`.",
      });
}

function seatInput(xml: DomainXml, { configuration }: Facts): Finding | Finding[] {
  const seats = (configuration.config?.seats ?? []).filter(
    ({ domains, input }) => input.length > 0 && domains.includes(xml.name),
  );
  if (seats.length === 0) return [];
  const folder = '/dev/input/by-handglass/';
  const wanted = ['keyboard', 'pointer'].map((kind) => `${folder}${proxyName(xml.name)}-${kind}`);
  const missing = wanted.filter((path) => !xml.input.some((each) => each.path === path));
  return missing.length === 0
    ? ok("It has the seat's keyboard and pointer.")
    : problem(
        `A seat gives it keyboard and mouse, and its XML does not name ${missing.join(' and ')}.`,
        {
          remedy: `handglass input --domain ${shellWord(xml.name)} --xml`,
          advice: 'Put what this prints into <devices>, while the domain is shut off.',
        },
      );
}

function evdev(xml: DomainXml, facts: Facts): Finding | Finding[] {
  if (xml.input.length === 0) return [];
  const lost = xml.input.flatMap(({ path }): Finding[] => {
    const found = facts.paths.get(path);
    if (found === undefined || found.found === null) {
      return [unknown(`${path}: ${found?.unread['found'] ?? 'it is no absolute path'}`)];
    }
    if (found.found !== 'absent') return [];
    return [
      path.startsWith('/dev/input/by-handglass/')
        ? problem(`${path} is not there, so the domain does not start.`, {
            remedy: 'sudo systemctl start handglass',
            advice: 'The service makes it for the domains of its seats.',
          })
        : problem(`${path} is not there, so the domain does not start.`, {
            advice: 'Plug the device in, or take the element out of the XML.',
          }),
    ];
  });
  return lost.length > 0 ? lost : ok('All of them are there.');
}

function usb(xml: DomainXml, { configuration }: Facts): Finding | Finding[] {
  const seats = (configuration.config?.seats ?? []).filter(({ domains }) =>
    domains.includes(xml.name),
  );
  if (seats.length === 0) return [];
  return xml.hasUsbController
    ? ok('It has one.')
    : problem('It has no USB controller, so no USB device can go to it.', {
        remedy: editCommand(xml.name),
        advice: "Put in <controller type='usb' model='qemu-xhci' ports='15'/>.",
      });
}
