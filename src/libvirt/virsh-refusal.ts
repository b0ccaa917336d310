/** A virsh command that was refused, in libvirt's own words where it was libvirt. */
export class VirshRefusal extends Error {
  override name = 'VirshRefusal';
}
