/**
 * A PCI address as the kernel writes it, `0000:01:00.0`, from one with or without the domain; null
 * for what is none.
 */
export function pciAddressFrom(text: string): string | null {
  const [, domain = '0000', place] = pattern.exec(text) ?? [];
  return place === undefined ? null : `${domain}:${place}`.toLowerCase();
}

/** Some controllers (Intel's VMD) have domains of five digits and more. */
const pattern = /^(?:([\da-f]{4,8}):)?([\da-f]{2}:[01][\da-f]\.[0-7])$/i;
