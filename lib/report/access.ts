import type { Plan, PortPlan, RoutePlan } from '../model/plan';

/** A port that can be reached from outside the cluster. */
export interface Exposed {
  readonly host: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** What answers there, by path. */
  readonly routes: readonly { readonly path: string; readonly to: string; readonly port: number }[];
}

/**
 * The ports of the edge, by host: those of the routes, then that of static files. With TLS, 80 stays open for the redirect to
 * 443 and the ACME challenge.
 */
export function exposedPorts(plan: Plan): Exposed[] {
  const { kind, hosts, tls, routes, cdn } = plan.edge;
  if (kind === 'none') return [];
  const http = { port: 80, scheme: 'http' } as const;
  const https = { port: 443, scheme: 'https' } as const;
  // A load balancer hands each port on as it is; an Ingress or a Gateway ends TLS and talks to the Service's own port.
  const inside = (table: readonly RoutePlan[], outer: number): Exposed['routes'] =>
    table.map(({ path, to, port }) => ({ path, to, port: kind === 'load-balancer' ? outer : port }));
  const named = hosts.map((host) => ({ host, table: routes }));
  const all = cdn === undefined ? named : [...named, { host: cdn.host, table: cdn.routes }];
  return all.flatMap(({ host, table }) =>
    (tls.by === 'none' ? [http] : [http, https]).map((end) => ({ host, ...end, routes: inside(table, end.port) })),
  );
}

/** How a part is reached from a developer's machine. */
export interface PortForward {
  readonly name: string;
  readonly localPort: number;
  readonly command: string;
}

/** A port of one's own machine: below 1024 it would need root, and two parts cannot have one. */
function localPort(port: number, taken: ReadonlySet<number>): number {
  const start = port < 1024 ? port + 8000 : port;
  for (let candidate = start; ; candidate++) if (!taken.has(candidate)) return candidate;
}

/** One line for each port of each part that runs in the cluster. */
export function portForwards(plan: Plan): PortForward[] {
  const { prometheus, alertmanager, grafana } = plan.monitors?.servers ?? {};
  const servers = [prometheus, alertmanager, grafana].flatMap((server) => (server ? [server.workload] : []));
  const stores = plan.stores.filter(({ external }) => external === undefined);
  const inside = [...plan.services, ...stores, ...plan.tools, ...servers];
  const ports = inside.flatMap(({ name, ports: all }) => all.map((port: PortPlan) => ({ name, port: port.port })));
  const taken = new Set<number>();
  return ports.map(({ name, port }) => {
    const local = localPort(port, taken);
    taken.add(local);
    return {
      name,
      localPort: local,
      command: `kubectl -n ${plan.namespace} port-forward service/${name} ${local}:${port}`,
    };
  });
}
