import { isErrno } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';
import { nameOfProxy } from './proxies.ts';

/**
 * The clones of a domain that are there now, by their names in /dev/input/by-handglass.
 *
 * @param domains all that have proxies there: those of `win10-b` begin like clones of `win10`
 */
export async function cloneLinks(
  host: ReadFiles,
  domain: string,
  domains: readonly string[],
): Promise<string[]> {
  const links = await host.listFolder('/dev/input/by-handglass').catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  });
  const own = nameOfProxy(domain, '');
  const others = domains
    .map((each) => nameOfProxy(each, ''))
    .filter((each) => each.length > own.length);
  const proxies = ['keyboard', 'pointer'].map((kind) => nameOfProxy(domain, kind));
  return links.filter(
    (link) =>
      link.startsWith(own) &&
      !proxies.includes(link) &&
      !others.some((other) => link.startsWith(other)),
  );
}
