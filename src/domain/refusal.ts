/** What libvirt or QEMU would not do, in their own words where they gave any. */
export class DomainRefusal extends Error {
  override name = 'DomainRefusal';
}
