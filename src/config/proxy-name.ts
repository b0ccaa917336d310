/**
 * A domain's name as it stands in `/dev/input/by-handglass/<name>-keyboard` and `-pointer`, where
 * it needs no quotes: each character other than A-Z a-z 0-9 . _ + - is `_` there. Two domains can
 * come out alike; the configuration refuses those.
 */
export function proxyName(domain: string): string {
  return domain.replaceAll(/[^A-Za-z0-9._+-]/gu, '_');
}
