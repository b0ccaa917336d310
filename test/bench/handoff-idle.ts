/** What the service costs while nothing happens, from two looks at /proc. */

export interface Look {
  /** Of the machine, in seconds. */
  uptime: number;
  /** CPU time of all threads, in seconds. */
  cpu: number;
  /** How often its threads have gone to sleep by themselves so far. */
  sleeps: number;
}

export interface Idle {
  cpuPercent: number;
  wakeupsPerSecond: number;
}

/** Prints what `lookFrom` reads, for the process with this number. */
export const lookScript = (pid: string) =>
  `cat /proc/uptime /proc/${pid}/stat /proc/${pid}/task/*/status`;

/** See proc_uptime(5), proc_pid_stat(5) and proc_pid_status(5). */
export function lookFrom(printed: string): Look {
  const [uptime = '', stat = '', ...statuses] = printed.split('\n');
  // The name of the program, in parentheses, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const sleeps = statuses.flatMap(
    (line) => /^voluntary_ctxt_switches:\s+(\d+)$/.exec(line)?.[1] ?? [],
  );
  return {
    uptime: Number.parseFloat(uptime),
    cpu: (Number(fields[utimeField]) + Number(fields[utimeField + 1])) / ticksPerSecond,
    sleeps: sleeps.reduce((sum, each) => sum + Number(each), 0),
  };
}

export function idleBetween(before: Look, after: Look): Idle {
  const seconds = after.uptime - before.uptime;
  return {
    cpuPercent: (100 * (after.cpu - before.cpu)) / seconds,
    wakeupsPerSecond: (after.sleeps - before.sleeps) / seconds,
  };
}

/** Counted from the state, which follows the name; stime comes after it. */
const utimeField = 11;
/** USER_HZ, the same on all processors that we support. */
const ticksPerSecond = 100;
