/** A reason that the virtual host cannot be had, as one sentence with its remedy. */
export class LabFailure extends Error {
  override name = 'LabFailure';
}
