import { isIP } from 'node:net';
import type { Context } from '../resolve/context';
import { hostsOf, namespaceOf } from '../resolve/place';
import type { Selection } from '../selection';

const longestHost = 253;

/** What no Ingress takes as a host, though a domain and a name make it. */
function checkHosts({ problems, at, hosts, id, environment }: Context): void {
  const own = environment.systems[id]?.hosts;
  for (const [index, host] of hosts.entries()) {
    const path = own === undefined ? `${at.environment}.domain` : `${at.environment}.systems.${id}.hosts[${index}]`;
    if (host.length > longestHost)
      problems.error('host-length', path, `${host.length} characters of "${host.slice(0, 40)}…"`, 'at most 253');
    if (isIP(host) !== 0) problems.error('host-address', path, `"${host}"`, 'a name: an address is no host of an edge');
  }
  const twice = hosts.find((host, index) => hosts.indexOf(host) < index);
  if (twice !== undefined)
    problems.error('duplicate-host', `${at.environment}.systems.${id}.hosts`, `"${twice}" twice`, 'each host once');
}

/** Where the namespace is said: for this system alone, or for all of the environment. */
function namespacePath({ at, environment, id }: Context): string {
  const own = environment.systems[id]?.namespace !== undefined;
  return `${at.environment}.${own ? `systems.${id}.` : ''}namespace`;
}

/** Another system of this environment that lives in the same place: one would take the other's objects or requests. */
function checkNeighbour(context: Context, other: string): void {
  const { problems, at, environment, id, hosts, namespace } = context;
  const stated = [id, other].every((name) => Object.hasOwn(environment.systems, name));
  if (namespaceOf(environment, context.environmentName, other) === namespace) {
    const path = namespacePath(context);
    const found = `"${namespace}", which ${other} has too`;
    const wanted = 'a namespace for each system, such as "{system}-{environment}": their objects have the same names';
    // An environment that serves one system may name its namespace; what it says of two, it serves.
    if (stated) problems.error('shared-namespace', path, found, wanted);
    else problems.warning('shared-namespace', path, found, wanted);
  }
  const host = hostsOf(environment, other).find((name) => hosts.includes(name));
  if (host !== undefined)
    problems.error(
      'shared-host',
      `${at.environment}.systems.${id}.hosts`,
      `"${host}", which ${other} has too`,
      'each host in one system',
    );
}

/** Whoever lives in a namespace already would be closed by its policies, and counted in its quota. */
function checkInhabited(context: Context): void {
  const { problems, environment, namespace } = context;
  const peers = [environment.ingress.peer.namespace, environment.dns.peer.namespace];
  if (namespace !== 'default' && !namespace.startsWith('kube-') && !peers.includes(namespace)) return;
  problems.error(
    'inhabited-namespace',
    namespacePath(context),
    `"${namespace}", where others live: everything there would be closed`,
    'a namespace of its own, such as "{system}-{environment}"',
  );
}

/** What each system of an environment has for itself: its hosts, and its namespace. */
export function checkNeighbours(context: Context, { systems = [] }: Selection): void {
  checkHosts(context);
  checkInhabited(context);
  for (const other of systems) if (other !== context.id) checkNeighbour(context, other);
}
