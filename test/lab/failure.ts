/** A reason that the virtual host cannot be had, as one sentence with its remedy. */
export class LabFailure extends Error {
  override name = 'LabFailure';
}

/** A command line that says something else than `--help` allows. */
export class WrongUsage extends Error {
  override name = 'WrongUsage';
}
