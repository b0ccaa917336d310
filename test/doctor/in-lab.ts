/** The doctor in the virtual host, and what is broken there before it looks. */
import type { DoctorReport, Result } from '../../src/doctor/report.ts';
import { product } from '../lab/guest/input/programs.ts';
import { bootLab, type Lab, type LabOptions } from '../lab/lab.ts';
import { output } from '../lab/shell.ts';

/** All results of one look, by root unless somebody else is named. */
export async function lookedAt(
  lab: Lab,
  { as = 'root', config = '' }: { as?: string; config?: string } = {},
): Promise<Result[]> {
  const command = `handglass doctor --json ${config === '' ? '' : `--config ${config}`}`;
  const { stdout, stderr } = await lab.sh(as === 'root' ? command : `su ${as} -c '${command}'`);
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as DoctorReport).subjects.flatMap(({ results }) => results);
}

/** One thing that can be broken, and how. */
export interface Breakage {
  id: string;
  /** What it is about, of several: the end of that. */
  about?: string;
  broken: string;
  /** What a person does where no command mends it whole, as the advice or what the command prints says. */
  byHand?: string;
  /** For `virsh edit`: what the person does to the XML, in words of sed. */
  edit?: string;
  /** What its command says that ends with a failure, since what else is broken is not mended yet. */
  complaint?: RegExp;
}

export function resultOf(results: readonly Result[], { id, about = '' }: Breakage) {
  return results.find((result) => result.id === id && result.about.endsWith(about));
}

/** What the check says of anything that is not well. */
export function unwellOf(results: readonly Result[], { id }: Breakage): string[] {
  return results
    .filter((result) => result.id === id && result.verdict !== 'ok')
    .map(({ about, explanation }) => `${about}: ${explanation}`);
}

/**
 * Carries out what was found against a breakage: the command as it is printed, or the advice. Gives what a
 * command has said that ended with a failure; empty where none did.
 */
export async function mend(
  lab: Lab,
  result: Result | undefined,
  breakage: Breakage,
): Promise<string> {
  const { edit, byHand } = breakage;
  if (edit !== undefined) {
    await lab.run(['tee', '/tmp/edit.sed'], edit);
    await output(
      lab,
      `printf '#!/bin/sh\nexec sed -i -f /tmp/edit.sed "$1"\n' >/tmp/editor && chmod 755 /tmp/editor`,
    );
  }
  const remedy = result?.remedy ?? null;
  const failure = remedy === null ? '' : await failureOf(lab, remedy);
  if (byHand !== undefined) await output(lab, byHand);
  return failure;
}

async function failureOf(lab: Lab, remedy: string): Promise<string> {
  const { stdout, stderr, status } = await lab.sh(`export EDITOR=/tmp/editor\n${remedy}`);
  return status === 0 ? '' : `"${remedy}" ended with ${status}: ${`${stderr}${stdout}`.trim()}`;
}

/** Breaks all of it, mends all of it, and gives what each look found and which commands failed. */
export async function breakAndMend(
  lab: Lab,
  breakages: readonly Breakage[],
  options?: Parameters<typeof lookedAt>[1],
): Promise<{ found: Result[]; after: Result[]; failures: Map<Breakage, string> }> {
  for (const { broken } of breakages) await output(lab, broken);
  const found = await lookedAt(lab, options);
  // In the order of the screen, as a person goes through it.
  const placeOf = (each: Breakage) => found.indexOf(resultOf(found, each) ?? found[0]!);
  const failures = new Map<Breakage, string>();
  for (const each of breakages.toSorted((a, b) => placeOf(a) - placeOf(b))) {
    failures.set(each, await mend(lab, resultOf(found, each), each));
  }
  return { found, after: await lookedAt(lab, options), failures };
}

/** Commands are printed for a user; inside everything runs as root. */
export async function allowSudo(lab: Lab): Promise<void> {
  const sudo = '/usr/local/bin/sudo';
  await output(lab, `printf '#!/bin/sh\nexec "$@"\n' >${sudo} && chmod 755 ${sudo}`);
}

/** A domain with these devices of the host and this shared memory, and nothing else that could fail. */
export async function define(
  lab: Lab,
  name: string,
  { devices, isManaged = true, shmem }: { devices: string[]; isManaged?: boolean; shmem?: string },
): Promise<void> {
  const hostdevs = devices.map((at) => {
    const [bus, slot, part] = at.split(/[:.]/);
    const address = `<address domain='0' bus='0x${bus}' slot='0x${slot}' function='0x${part}'/>`;
    return `<hostdev mode='subsystem' type='pci' managed='${isManaged ? 'yes' : 'no'}'><source>${address}</source></hostdev>`;
  });
  const memory = shmem === undefined ? '/<shmem/d' : `s/looking-glass/${shmem}/`;
  await output(
    lab,
    `sed "s/win10/${name}/; /<uuid>/d; /<interface/d; ${memory}; s#</devices>#${hostdevs.join('')}&#" \
      ${product}/test/lab/guest/win10.xml >/tmp/${name}.xml && virsh define /tmp/${name}.xml`,
  );
}

export async function withLab<T>(options: LabOptions, use: (lab: Lab) => Promise<T>): Promise<T> {
  const lab = await bootLab(options);
  try {
    return await use(lab);
  } finally {
    await lab.end();
  }
}
