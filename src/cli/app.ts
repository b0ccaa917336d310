/** The command line as data: its commands, and how failures are put into words and statuses. */
import { buildApplication, buildRouteMap, text_en } from '@stricli/core';
import packageJson from '../../package.json' with { type: 'json' };
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import { config } from './commands/config.ts';
import { confirm, daemon } from './commands/daemon.ts';
import { doctor } from './commands/doctor.ts';
import { groups } from './commands/groups.ts';
import { guest } from './commands/guest.ts';
import { input } from './commands/input.ts';
import { give, toggle } from './commands/move.ts';
import { panel } from './commands/panel.ts';
import { shm } from './commands/shm.ts';
import { report } from './commands/report.ts';
import { resume, suspend } from './commands/sleep.ts';
import { status } from './commands/status.ts';
import { usb } from './commands/usb.ts';
import { vbios } from './commands/vbios.ts';
import { watch } from './commands/watch.ts';
import { exitStatusOf } from './exit-status.ts';
import { problemLines } from './render/problem.ts';
import { argumentProblem, commandProblem } from './render/wrong-usage.ts';

export const programName = 'handglass';

const routes = buildRouteMap({
  routes: {
    status,
    give,
    toggle,
    watch,
    input,
    usb,
    doctor,
    groups,
    vbios,
    report,
    guest,
    panel,
    shm,
    config,
    daemon,
    confirm,
    suspend,
    resume,
  },
  docs: {
    brief: 'Hands keyboard, mouse and USB devices to virtual machines, and back',
    fullDescription: `Hands keyboard, mouse and USB devices to virtual machines, and back.

Exit status: 0 done, 1 it failed, 2 wrong usage, 3 bad configuration,
4 the service is not running, 5 not permitted.`,
  },
});

/** What is told as nearest is off by a slip or two of the hand, and no other word. */
const slips = {
  threshold: 2,
  weights: { insertion: 1, deletion: 1, substitution: 2, transposition: 1 },
};

/** @param columns of the terminal that shows the standard error; undefined where that goes elsewhere */
export function appFor(columns?: number) {
  const complaint = (what: string, remedy?: string) => complaintIn(columns, what, remedy);
  return buildApplication(routes, {
    name: programName,
    versionInfo: { currentVersion: packageJson.version },
    scanner: { allowArgumentEscapeSequence: true, distanceOptions: slips },
    documentation: { disableAnsiColor: true },
    determineExitCode: exitStatusOf,
    localization: {
      text: {
        ...text_en,
        briefs: {
          ...text_en.briefs,
          help: 'Print this help',
          version: 'Print the version',
          argumentEscapeSequence: 'What follows is no flag',
        },
        keywords: { ...text_en.keywords, default: 'default' },
        noCommandRegisteredForInput: ({ input, corrections }) =>
          complaint(commandProblem(input, corrections)),
        exceptionWhileParsingArguments: (error) => complaint(argumentProblem(error)),
        exceptionWhileRunningCommand: (error) => failure(error, columns),
      },
    },
  });
}

/**
 * What nobody foresaw keeps its stack: it is a defect, and the report needs it. What this machine refuses,
 * or does not answer, is none.
 */
function failure(error: unknown, columns: number | undefined): string {
  if (error instanceof HandglassError) return complaintIn(columns, error.what, error.remedy);
  if (isErrno(error, 'EACCES', 'EIO', 'EPERM') && error.path !== undefined) {
    return complaintIn(
      columns,
      `${error.path} cannot be used: ${reasonOf(error)}.`,
      isErrno(error, 'EIO')
        ? 'See `sudo dmesg` for what the kernel says of it.'
        : 'Run this command as root.',
    );
  }
  const stack = error instanceof Error ? error.stack : undefined;
  return complaintIn(
    undefined,
    `A defect of Handglass: ${stack ?? String(error)}`,
    'Please report it.',
  );
}

function complaintIn(columns: number | undefined, what: string, remedy?: string): string {
  return problemLines(programName, what, remedy, columns).join('\n');
}
