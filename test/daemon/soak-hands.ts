/** Does the steps of a soak in the virtual host, and waits until all is as it has to be after each. */
import { setTimeout } from 'node:timers/promises';
import { listen, proxies, serviceIn } from '../input/desk.ts';
import { converse } from '../lab/guest/input/conversation.ts';
import { nodeCommand, product } from '../lab/guest/input/programs.ts';
import { LabFailure } from '../lab/failure.ts';
import type { Lab } from '../lab/lab.ts';
import { output } from '../lab/shell.ts';
import { complaintsAfterClash, complaintsOf, type Facts } from './soak-rest.ts';
import {
  afterFault,
  type Desk,
  deskAfter,
  deskAtStart,
  domainPorts,
  type Owner,
  refusalOf,
  type Step,
} from './soak-desk.ts';

export interface Hands {
  /** Does a step; resolves when all is as it has to be after it, and rejects when it does not get so. */
  take(step: Step): Promise<void>;
}

/** An emulated machine on a busy host is slow; what has not come by then will not. */
const patienceMs = 180_000;

/** The seat `desk` is in force, and with the host; the domain runs. */
export async function handsOn(lab: Lab): Promise<Hands> {
  const service = serviceIn(lab);
  // In QEMU's place, so that the keyboard goes too.
  for (const proxy of ['keyboard', 'pointer']) {
    await listen(lab, `${proxies}/win10-${proxy}`, '--grab');
  }
  const asker = converse(lab, [...nodeCommand, `${product}/test/daemon/soak-facts.ts`]);
  let desk = deskAtStart;

  async function take(step: Step): Promise<void> {
    const before = desk;
    desk = deskAfter(before, step);
    await act(step, before);
    await until((facts) => complaintsOf(facts, desk));
  }

  const sh = async (script: string) => void (await output(lab, script));
  const kill = async (program: string) => void (await service.kill(program));

  async function act(step: Step, before: Desk): Promise<void> {
    switch (step.kind) {
      case 'give':
        return give(step.to, before);
      case 'chord':
        return press('leftctrl+rightctrl');
      case 'panic':
        return press('leftctrl+leftalt+pause');
      case 'unplug':
        return lab.control(`unplug ${step.device}`);
      case 'plug':
        return lab.control(`plug ${step.device} into ${step.into}`);
      case 'swap':
        return swap(before);
      case 'fill':
        return fill(step.count, before);
      case 'empty':
        return empty(before);
      case 'pause':
        return virsh('suspend', 'win10');
      case 'resume':
        return virsh('resume', 'win10');
      case 'kill QEMU':
        return kill('guest=win10');
      case 'start domain':
        return virsh('start', 'win10');
      case 'kill libvirtd':
        return sh(
          `systemctl kill --kill-whom=main -s KILL libvirtd; systemctl stop ${libvirtUnits}`,
        );
      case 'start libvirtd':
        return sh(`systemctl start ${libvirtUnits}`);
      case 'kill service':
        await kill('handglass.js daemon');
        return step.meanwhile === null ? undefined : act(step.meanwhile, before);
      case 'clash':
        return clash(step, before);
    }
  }

  async function clash({ fault, afterMs }: Clash, before: Desk): Promise<void> {
    await lab.control('key leftctrl+rightctrl');
    await setTimeout(afterMs);
    await act(fault, before);
    if (fault.kind === 'kill libvirtd') await act({ kind: 'start libvirtd' }, before);
    const after = afterFault(before, fault);
    await until((facts) => complaintsAfterClash(facts, after, fault.kind === 'kill service'));
    await give('host', after);
  }

  async function give(to: Owner, before: Desk): Promise<void> {
    let said = await service.ask(to);
    // What has come by itself may still be on its way.
    while (said === 'busy') said = await service.ask(to);
    const expected = refusalOf(before, to) ?? to;
    if (said !== expected) throw new LabFailure(`The service says ${said}, not ${expected}.`);
  }

  /** Until the service has taken it up: where nothing can come of it, all looks as it did before. */
  async function press(chord: string): Promise<void> {
    const before = lastMove(await askFacts());
    await lab.control(`key ${chord}`);
    await until((facts) => (lastMove(facts) === before ? ['the chord was not heard'] : []));
  }

  async function swap({ ports }: Desk): Promise<void> {
    await lab.control('unplug mouse');
    await lab.control('unplug keyboard2');
    // Or the kernel takes what comes for what was there, and asks it for 40 s to be that.
    await until(({ usb }) =>
      usb
        .filter(({ serial }) => /^(MOUSE1|KBD2)$/.test(serial))
        .map(({ port }) => `${port} is there`),
    );
    await lab.control(`plug mouse into ${ports.get('keyboard2')}`);
    await lab.control(`plug keyboard2 into ${ports.get('mouse')}`);
  }

  async function fill(count: number, { filled }: Desk): Promise<void> {
    for (const filler of fillers.slice(filled, filled + count)) {
      await virsh('attach-device', 'win10', `/tmp/${filler}.xml`, '--live');
    }
  }

  async function empty({ filled }: Desk): Promise<void> {
    for (const filler of fillers.slice(0, filled)) {
      await virsh('detach-device-alias', 'win10', filler, '--live');
    }
  }

  /** Waits until nothing is to be complained of; who waits has half of the only processor. */
  async function until(complaintsIn: (facts: Facts) => string[]): Promise<void> {
    const end = Date.now() + patienceMs;
    for (;;) {
      const began = Date.now();
      const complaints = complaintsIn(await askFacts());
      if (complaints.length === 0) return;
      if (Date.now() > end) throw new LabFailure(`${complaints.join('; ')}.`);
      await setTimeout(Date.now() - began);
    }
  }

  /** With all the time that it takes: what the service gives libvirt is not enough for a start here. */
  const virsh = (...words: string[]) => sh(`virsh ${words.join(' ')}`);

  async function askFacts(): Promise<Facts> {
    asker.say('facts');
    return JSON.parse(await asker.next()) as Facts;
  }

  await sh(
    `mkdir -p ${noRestart} && printf '%s\\n' '[Service]' Restart=no > ${noRestart}/soak.conf && systemctl daemon-reload`,
  );
  for (const filler of fillers) {
    await sh(
      `echo "<input type='tablet' bus='usb'><alias name='${filler}'/></input>" > /tmp/${filler}.xml`,
    );
  }
  await until((facts) => complaintsOf(facts, desk));
  return { take };
}

type Clash = Step & { kind: 'clash' };

function lastMove({ status }: Facts): number | undefined {
  return typeof status === 'string' ? undefined : status.seats[0]?.move?.number;
}

/** It stays away until it is started. */
const noRestart = '/run/systemd/system/libvirtd.service.d';
/** With its sockets, or the next command would start it. */
const libvirtUnits = 'libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirtd.service';

/** Devices of QEMU's own, each of which has one of the domain's USB ports. */
const fillers = Array.from({ length: domainPorts }, (_, index) => `ua-filler-${index}`);
