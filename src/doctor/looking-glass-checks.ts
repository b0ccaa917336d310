import { modeText, sizeText } from '../shm/wording.ts';
import {
  about,
  andAdvice,
  type Check,
  type Finding,
  known,
  ok,
  problem,
  unknown,
  warning,
} from './check.ts';
import { declaring, isDeclared } from './declaring.ts';
import type { Facts, SharedMemory } from './facts.ts';
import { joining } from './group-commands.ts';
import { shellWord } from './shell-word.ts';

const create = 'sudo handglass shm create';

const presence: Check = {
  id: 'looking-glass.file',
  title: 'Files of shared memory',
  look: eachFile((file) =>
    withFile(file, (found) => {
      if (found !== 'absent') return ok('It is there.');
      return problem(
        'It is not there: a domain that starts now makes one that no user can open.',
        isKvmfr(file) ? { remedy: 'sudo modprobe kvmfr' } : { remedy: create },
      );
    }),
  ),
};

/** How a file is that is there. */
export const sharedMemoryChecks: Check<Pick<Facts, 'sharedMemory'>>[] = [
  {
    id: 'looking-glass.kind',
    title: 'Kind of these files',
    look: eachFile((file) =>
      withFile(file, (found) => {
        if (found === 'absent') return [];
        const { path } = file.entry;
        if (isKvmfr(file)) {
          return found.kind === 'file'
            ? problem(
                'It is a plain file that a domain made before the module was loaded, and breaks everything.',
                {
                  remedy: `sudo rm ${shellWord(path)} && sudo modprobe --remove kvmfr && sudo modprobe kvmfr`,
                  advice: 'Shut the domain down before.',
                },
              )
            : ok('It is a device.');
        }
        return found.kind === 'file'
          ? ok('It is a regular file.')
          : problem('It is not a regular file.', {
              remedy: `sudo rm --recursive ${shellWord(path)} && ${create}`,
            });
      }),
    ),
  },
  {
    id: 'looking-glass.size',
    title: 'Size of these files',
    look: eachFile((file) =>
      withFile(file, (found) => {
        if (found === 'absent' || isKvmfr(file) || found.kind !== 'file') return [];
        if (found.size === file.bytes)
          return ok(`It has ${sizeText(found.size)}, as its resolution needs.`);
        return problem(
          `It has ${sizeText(found.size)}, and its resolution needs ${sizeText(file.bytes)}.`,
          { remedy: create, advice: 'Shut the domain down and end the client before.' },
        );
      }),
    ),
  },
  {
    id: 'looking-glass.owner',
    title: 'Owner of these files',
    look: eachFile((file) =>
      withFile(file, (found) => {
        if (found === 'absent') return [];
        return known(file, 'uid', (uid) => {
          const { owner, path } = file.entry;
          if (uid === 'absent') return [];
          if (found.uid === uid) return ok(`It belongs to ${owner}.`);
          return problem(
            `It belongs to the user ${found.uid} and not to ${owner}, whose client cannot open it.`,
            {
              remedy: isKvmfr(file) ? `sudo chown ${shellWord(owner)} ${shellWord(path)}` : create,
            },
          );
        });
      }),
    ),
  },
  {
    id: 'looking-glass.rights',
    title: 'Group and mode of these files',
    look: eachFile((file) =>
      withFile(file, (found) => {
        if (found === 'absent') return [];
        return known(file, 'gid', (gid) => {
          const { group, mode, path } = file.entry;
          if (gid === 'absent') return [];
          const wrong = [
            ...(found.gid === gid ? [] : [`its group is ${found.gid} and not ${group}`]),
            ...(found.mode === mode
              ? []
              : [`its mode is ${modeText(found.mode)} and not ${modeText(mode)}`]),
          ];
          if (wrong.length === 0) return ok(`Its group is ${group}, its mode ${modeText(mode)}.`);
          return problem(`QEMU or the client may be kept out: ${wrong.join(', ')}.`, {
            remedy: isKvmfr(file)
              ? `sudo chgrp ${shellWord(group)} ${shellWord(path)} && sudo chmod ${modeText(mode)} ${shellWord(path)}`
              : create,
          });
        });
      }),
    ),
  },
  {
    id: 'looking-glass.accounts',
    title: 'Accounts that own these files',
    look: eachFile(({ entry: { owner, group }, uid, gid, unread }) => {
      if (uid === null || gid === null) return unknown(unread['uid'] ?? unread['gid'] ?? '');
      if (uid === 'absent') {
        return problem(`There is no user ${owner} on this machine.`, {
          advice: 'Write the name of whoever runs the client into `owner`; `id -un` tells yours.',
        });
      }
      if (gid === 'absent') {
        return problem(`There is no group ${group} on this machine.`, {
          advice: 'Write the group that QEMU runs in into `group`: mostly kvm.',
        });
      }
      return ok(`The user ${owner} and the group ${group} exist.`);
    }),
  },
];

export const lookingGlassChecks: Check[] = [
  presence,
  ...sharedMemoryChecks,
  {
    id: 'looking-glass.qemu',
    title: "QEMU's right to these files",
    look: (facts) =>
      eachFile((file) => {
        if ((file.entry.mode & 0o006) === 0o006) return ok('Everybody may open it.');
        return known(facts.people, 'qemu', (qemu) => {
          if (qemu === 'absent') return [];
          const { owner, group } = file.entry;
          if (qemu.uid === 0 || qemu.user === owner) return ok(`QEMU runs as ${qemu.user}.`);
          const conf = facts.virtualization.qemuConf?.group;
          if (qemu.groups.includes(group) || conf === group) {
            return ok(`QEMU runs as ${qemu.user}, who is in the group ${group}.`);
          }
          return problem(
            `QEMU runs as ${qemu.user}, who is not in the group ${group}, and cannot open it.`,
            andAdvice(
              joining(facts.boot, [group], shellWord(qemu.user)),
              'It holds when the domain starts anew.',
            ),
          );
        });
      })(facts),
  },
  {
    id: 'looking-glass.tmpfiles',
    title: 'Other makers of these files',
    look: ({ service, sharedMemory, boot }) => {
      if (sharedMemory.length === 0) return [];
      return known(service, 'temporaryFiles', (lines) => {
        const own = new Set(sharedMemory.map(({ entry }) => entry.path));
        const others = lines.filter(({ path }) => own.has(path));
        if (others.length === 0) return ok('Nobody else makes them at the start.');
        return others.map(({ file, path }) =>
          about(
            file,
            warning(
              `systemd makes ${path} too, with no bytes in it.`,
              isDeclared(boot)
                ? declaring(`Take the line about it out of \`systemd.tmpfiles.rules\``)
                : { remedy: `sudo sed -i -E ${shellWord(linesAbout(path))} ${shellWord(file)}` },
            ),
          ),
        );
      });
    },
  },
  {
    id: 'looking-glass.client',
    title: 'Looking Glass client',
    look: ({ virtualization, sharedMemory, boot }) => {
      if (sharedMemory.length === 0) return [];
      return known(virtualization, 'lookingGlassClient', (path) => {
        if (path !== '') return ok(`It is ${path}.`);
        return isDeclared(boot)
          ? warning(
              'looking-glass-client is not among the programs of the system.',
              andAdvice(
                declaring('Put `pkgs.looking-glass-client` into `environment.systemPackages`'),
                'The host program in the guest has to be of its version: others fail silently.',
              ),
            )
          : warning('looking-glass-client is neither in /usr/bin nor in /usr/local/bin.', {
              advice:
                'Build it in the version of the host program in the guest: others fail silently.',
            });
      });
    },
  },
];

/** Has sed take the lines out that make a file, and leave those about others. */
function linesAbout(path: string): string {
  const own = path.replaceAll(/[.[\]{}()*+?^$|\\/]/g, String.raw`\$&`);
  return `/^[[:space:]]*[fF][^[:space:]]*[[:space:]]+"?${own}(["[:space:]]|$)/d`;
}

function eachFile(look: (file: SharedMemory) => Finding | Finding[]) {
  return ({ sharedMemory }: Pick<Facts, 'sharedMemory'>): Finding[] =>
    sharedMemory.flatMap((file) =>
      [look(file)].flat().map((finding) => about(file.entry.path, finding)),
    );
}

function withFile(
  file: SharedMemory,
  look: (found: NonNullable<SharedMemory['found']>) => Finding | Finding[],
): Finding | Finding[] {
  return known(file, 'found', look);
}

function isKvmfr({ entry }: SharedMemory): boolean {
  return entry.path.startsWith('/dev/kvmfr');
}
