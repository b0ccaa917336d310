/** Sizes as people say them, from KiB. */

export function gibText(kib: number): string {
  return `${Math.round((kib / 1024 ** 2) * 10) / 10} GiB`;
}

export function mibText(kib: number): string {
  if (kib >= 1024 ** 2 && kib % 1024 ** 2 === 0) return `${kib / 1024 ** 2} GiB`;
  return `${Math.floor(kib / 1024)} MiB`;
}
