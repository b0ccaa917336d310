/** Shell commands inside the virtual host, for what has to be true there. */
import { LabFailure } from './failure.ts';
import type { Lab } from './lab.ts';

/** What a command prints; one that fails is an error with all that it said. */
export async function output(lab: Lab, script: string): Promise<string> {
  const { stdout, stderr, status } = await lab.sh(script);
  if (status === 0) return stdout.trim();
  throw new LabFailure(`"${script}" ended with ${status}: ${`${stderr}${stdout}`.trim()}`);
}

/** Runs a command again and again until it succeeds, and gives what it prints then. */
export async function until(lab: Lab, script: string): Promise<string> {
  const { stdout, stderr, status } = await lab.run(['sh', '-c', again], script);
  if (status === 0) return stdout.trim();
  throw new LabFailure(`"${script}" did not come true: ${`${stderr}${stdout}`.trim()}`);
}

/**
 * In there, since what is waited for has the same processor as those who ask for it, and no more than half
 * of the time. The script is kept off the command line, where it would find itself among the processes. An
 * emulated machine on a busy host is slow: what has not come by the end will not.
 */
const again = `
script=$(cat) errors=$(mktemp) failed=0
hundredths() { read up rest </proc/uptime; now=\${up%.*}\${up#*.}; }
hundredths
end=$((now + 18000))
while begun=$now; ! printed=$(eval "$script" 2>"$errors" </dev/null); do
  hundredths
  [ $now -lt $end ] || { cat "$errors" >&2; failed=1; break; }
  took=$((now - begun + 20))
  sleep $((took / 100)).$(printf %02d $((took % 100)))
  hundredths
done
rm "$errors"
printf '%s\n' "$printed"
exit $failed`;
