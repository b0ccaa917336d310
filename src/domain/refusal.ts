import { printable } from '../printable.ts';

/** What libvirt or QEMU would not do, in their own words where they gave any, or in those of a guest. */
export class DomainRefusal extends Error {
  override name = 'DomainRefusal';

  constructor(message: string, options?: ErrorOptions) {
    super(printable(message), options);
  }
}
