import type { Problem } from '../problem';
import type { Context } from '../resolve/context';
import { cacheName } from '../separate-cache';

/** Two addresses that are one server would be one policy for both. */
function checkAddress({ problems, own, at, id }: Context, name: string): void {
  const first = own.stores[name]?.endpoint;
  const cache = own.stores[cacheName(name)]?.endpoint;
  if (first === undefined || cache === undefined || first.host !== cache.host || first.port !== cache.port) return;
  problems.error(
    'separate-cache-address',
    `${at.environment}.systems.${id}.stores.${cacheName(name)}.endpoint`,
    `"${cache.host}", where ${name} is`,
    'a server of its own: the two differ in what they do when memory is full',
  );
}

/** Where a cache of its own can be, and for whom. */
export function checkSeparateCaches(context: Context): void {
  const { problems, system, at, separateCaches } = context;
  for (const [name, store] of Object.entries(system.stores)) {
    if (store.kind !== 'redis' || !store.separateCache) continue;
    const path = `${at.system}.stores.${name}.separateCache`;
    if (store.use === 'cache')
      problems.error('separate-cache-of-cache', path, 'true, of a cache', 'nothing: what is in it may go already');
    else if (!separateCaches.includes(name))
      problems.error(
        'separate-cache-name',
        path,
        `true, while "${cacheName(name)}" is taken or too long`,
        'a store with a name to which "-cache" can be added: at most 40 characters in all, and nobody else\'s',
      );
    else if (!Object.values(system.services).some(({ arrows }) => name in arrows))
      problems.error(
        'separate-cache-unused',
        path,
        'true, of a store that no service has an arrow to',
        'such an arrow',
      );
    else checkAddress(context, name);
  }
}

/** What a cache has from its first is said of the first; once is enough. */
export function isSaidOfFirst({ problems, separateCaches }: Context): (problem: Problem) => boolean {
  const said = new Set(problems.all.map(({ rule, path }) => `${rule} ${path}`));
  const part = (path: string, name: string): string | undefined => {
    const own = `.${cacheName(name)}`;
    return path.startsWith('systems/') && (path.includes(`${own}.`) || path.endsWith(own))
      ? path.replace(own, `.${name}`)
      : undefined;
  };
  return ({ rule, path }) => separateCaches.some((name) => said.has(`${rule} ${part(path, name) ?? ''}`));
}
