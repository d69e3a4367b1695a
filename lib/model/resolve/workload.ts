import { defaultUser, ephemeralSlack } from '../defaults';
import type {
  Capacity,
  Component,
  Controller,
  PortPlan,
  Replicas,
  Resources,
  ScratchPlan,
  Tier,
  Workload,
} from '../plan';
import { mib, millicores } from '../quantities';
import type { ParsedService } from '../schema/system';

type Quantities = { readonly cpu: string; readonly memory: string };
type Stated = { readonly requests: Quantities; readonly limits: Quantities };

export function capacity(quantities: Quantities): Capacity {
  return { cpu: millicores(quantities.cpu), memory: mib(quantities.memory) };
}

/** The resources of a tier. What a document states holds at low and medium; only high may raise it. */
export function resourcesOf(stated: Stated, high: Stated | undefined, tier: Tier, ephemeral: number): Resources {
  const chosen = tier === 'high' && high !== undefined ? high : stated;
  return { requests: capacity(chosen.requests), limits: capacity(chosen.limits), ephemeral };
}

/** Ephemeral storage of a container: its emptyDirs, its logs and slack, MiB. */
export function ephemeralOf(scratch: readonly ScratchPlan[]): number {
  return scratch.reduce((sum, { size }) => sum + size, ephemeralSlack);
}

/** A workload from what differs; the rest is the same for most. */
export function workload<C extends Controller>(
  part: Pick<Workload, 'name' | 'description' | 'component' | 'image' | 'resources'> & {
    readonly controller: C;
  } & Partial<Workload>,
): Workload & { readonly controller: C } {
  return {
    ports: [],
    replicas: { min: 1, max: 1 },
    user: defaultUser,
    group: defaultUser,
    zone: undefined,
    apiServer: false,
    ...part,
  };
}

const components: Readonly<Record<ParsedService['kind'], Component>> = {
  web: 'web',
  worker: 'worker',
  singleton: 'singleton',
  cron: 'cron',
};

export function componentOf(service: ParsedService): Component {
  return service.proxy ? 'proxy' : components[service.kind];
}

/**
 * The ports of a service. nginx cannot bind below 1024 without a capability, so the proxy listens on 8080 and 8443 behind
 * the drawn ones.
 */
export function portsOf(service: ParsedService, tlsAtPod: boolean): PortPlan[] {
  const ports = Object.entries(service.ports ?? {}).map(([name, port]) => ({
    name,
    port,
    containerPort: service.proxy ? 8080 : port,
  }));
  return service.proxy && tlsAtPod ? [...ports, { name: 'https', port: 443, containerPort: 8443 }] : ports;
}

/** The figure of a tier, and how far the autoscaler may go. */
export function replicasOf(service: ParsedService, tier: Tier, defaults: Readonly<Record<Tier, number>>): Replicas {
  if (service.kind === 'singleton' || service.kind === 'cron') return { min: 1, max: 1 };
  const figure = service.scaling?.[tier] ?? defaults[tier];
  return { min: figure, max: figure > 1 ? figure * (service.scaling?.burst ?? 2) : figure };
}
