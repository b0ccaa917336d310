/** The command line as data: its commands, and how failures are put into words and statuses. */
import {
  ArgumentScannerError,
  buildApplication,
  buildRouteMap,
  formatMessageForArgumentScannerError,
  text_en,
} from '@stricli/core';
import packageJson from '../../package.json' with { type: 'json' };
import { HandglassError, reasonOf } from '../errors.ts';
import { config } from './commands/config.ts';
import { daemon } from './commands/daemon.ts';
import { guest } from './commands/guest.ts';
import { give, toggle } from './commands/move.ts';
import { shm } from './commands/shm.ts';
import { status } from './commands/status.ts';
import { watch } from './commands/watch.ts';
import { exitStatusOf } from './exit-status.ts';
import { problemLines } from './render/problem.ts';

const routes = buildRouteMap({
  routes: { status, give, toggle, watch, guest, shm, config, daemon },
  docs: { brief: 'Hands keyboard, mouse and USB devices to virtual machines, and back' },
});

export const app = buildApplication(routes, {
  name: 'handglass',
  versionInfo: { currentVersion: packageJson.version },
  scanner: { allowArgumentEscapeSequence: true, caseStyle: 'allow-kebab-for-camel' },
  documentation: { disableAnsiColor: true },
  determineExitCode: exitStatusOf,
  localization: {
    text: {
      ...text_en,
      exceptionWhileParsingArguments: (error) => wrongUsage(argumentProblem(error)),
      noCommandRegisteredForInput: ({ input, corrections }) =>
        wrongUsage(
          `There is no command "${input}"${corrections.length > 0 ? `; the nearest is ${corrections.join(' or ')}` : ''}.`,
        ),
      exceptionWhileRunningCommand: failure,
      exceptionWhileLoadingCommandFunction: failure,
      commandErrorResult: failure,
    },
  },
});

function argumentProblem(error: unknown): string {
  return error instanceof ArgumentScannerError
    ? `${formatMessageForArgumentScannerError(error, {})}.`
    : `${reasonOf(error)}.`;
}

function wrongUsage(what: string): string {
  return problemLines('handglass', what, 'See `handglass --help`.').join('\n');
}

/** What nobody foresaw keeps its stack: it is a defect, and the report needs it. */
function failure(error: unknown): string {
  if (error instanceof HandglassError) {
    return problemLines('handglass', error.what, error.remedy).join('\n');
  }
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return problemLines('handglass', `unexpected: ${reasonOf(error)}\n${stack}`, '').join('\n');
}
