/**
 * Who must reach whom, and who must not: every pair is compared with the simulation of the policies, and what the Plan
 * draws must connect whatever the policies say. Both sides of an arrow without a policy are closed, and would agree.
 */

import type { ArrowPlan, Peer, Plan } from '../lib/model/plan';
import type { Address, Pod as SimulatedPod } from '../test/simulation';

/** A pod, or an address outside of the cluster with the ports that are served there. */
export interface Place {
  /** The workload of one of ours; something else for everybody else. */
  readonly title: string;
  /** Of the system's namespace. */
  readonly ours: boolean;
  /** Stands in for another one, and listens on nothing. */
  readonly idle: boolean;
  readonly end: SimulatedPod | Address;
  readonly address: string;
  readonly ports: readonly number[];
}

export interface Wish<From extends Place = Place> {
  readonly from: From;
  readonly to: Place;
  readonly port: number;
  /** Of UDP there is DNS alone. */
  readonly protocol: 'TCP' | 'UDP';
}

/** `connected`, `refused`, `silent`, or the code of another failure, which is never right. */
export type Answer = string;

export interface Found<From extends Place = Place> extends Wish<From> {
  readonly answer: Answer;
}

const EXTRA_PORTS = [22, 80, 443];

export function written({ from, to, port, protocol }: Wish): string {
  return `${from.title} → ${to.title}:${port}${protocol === 'UDP' ? '/UDP' : ''}`;
}

function isOutside({ end }: Place): boolean {
  return end.kind === 'address';
}

function isAmong({ end }: Place, peer: Peer | undefined): boolean {
  if (end.kind !== 'pod' || end.namespace !== peer?.namespace) return false;
  return Object.entries(peer.podLabels).every(([key, value]) => end.labels[key] === value);
}

/** Every port that anybody listens on, of every other pod; of the outside what is served there; names of the cluster's DNS. */
export function everyWish<From extends Place>(
  inside: readonly From[],
  outside: readonly Place[],
  { network }: Pick<Plan, 'network'>,
): Wish<From>[] {
  const ports = [...new Set([...inside.flatMap((place) => place.ports), ...EXTRA_PORTS])].sort((a, b) => a - b);
  return inside.flatMap((from): Wish<From>[] => {
    const others = inside.filter((to) => to !== from && (from.ours || to.ours));
    const wishes = (to: Place, some: readonly number[]): Wish<From>[] =>
      some.map((port) => ({ from, to, port, protocol: 'TCP' }));
    const servers = others.filter((to) => from.ours && isAmong(to, network.dns));
    return [
      ...others.flatMap((to) => wishes(to, ports)),
      ...(from.ours ? outside.flatMap((to) => wishes(to, to.ports)) : []),
      ...servers.map((to): Wish<From> => ({ from, to, port: 53, protocol: 'UDP' })),
    ];
  });
}

/** Something that the Plan draws: at each of its ends at least one place must be there to be tried. */
interface Line {
  readonly what: string;
  readonly from: readonly Place[];
  readonly to: readonly Place[];
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

type Drawn = Pick<Plan, 'arrows' | 'edge' | 'network' | 'services' | 'workloads'>;

function linesOf(plan: Drawn, places: readonly Place[]): Line[] {
  const named = (name: string): Place[] => places.filter(({ ours, title }) => ours && title === name);
  const edge = places.filter((place) => isAmong(place, plan.edge.peer.pods));
  const serving = (some: readonly Place[], port: number): Place[] => some.filter(({ ports }) => ports.includes(port));
  const outside = places.filter(isOutside);
  const ends = ({ to, port }: ArrowPlan): Place[] => {
    if (to.kind === 'workload') return named(to.name);
    return serving(to.name === 'edge' ? edge : outside, port);
  };
  const arrows = plan.arrows.map((arrow): Line => {
    const { from, to, port } = arrow;
    return { what: `${from} → ${to.name}`, from: named(from), to: ends(arrow), port, protocol: 'TCP' };
  });
  const routes = plan.edge.routes.map(({ to, port: wanted }): Line => {
    const ports = plan.services.find(({ name }) => name === to)?.ports ?? [];
    const port = ports.find((it) => it.port === wanted)?.containerPort ?? wanted;
    return { what: `the edge → ${to}`, from: edge, to: named(to), port, protocol: 'TCP' };
  });
  const askers = plan.workloads.flatMap(({ name, apiServer }) => (apiServer ? [name] : []));
  const questions = askers.flatMap((name) =>
    plan.network.apiServer.ports.map((port): Line => {
      const line = { what: `${name} → API server`, from: named(name), to: serving(outside, port), port };
      return { ...line, protocol: 'TCP' };
    }),
  );
  const servers = places.filter((place) => isAmong(place, plan.network.dns));
  const clients = [...new Set([...plan.arrows.map(({ from }) => from), ...askers])];
  const lookups = clients.map((name): Line => {
    return { what: `${name} → DNS`, from: named(name), to: servers, port: 53, protocol: 'UDP' };
  });
  return [...arrows, ...routes, ...questions, ...lookups];
}

export interface Demands {
  /** What must connect, as {@link written} writes it. */
  readonly wishes: ReadonlySet<string>;
  /** What is drawn and has nobody to try it. An end outside may have several ports, of which one is served. */
  readonly untried: readonly string[];
}

export function demandsOf(plan: Drawn, places: readonly Place[]): Demands {
  const lines = linesOf(plan, places).map((line) => ({
    what: line.what,
    wishes: line.from.flatMap((from) =>
      line.to.filter((to) => to !== from).map((to) => written({ ...line, from, to })),
    ),
  }));
  const tried = new Set(lines.flatMap(({ what, wishes }) => (wishes.length > 0 ? [what] : [])));
  return {
    wishes: new Set(lines.flatMap(({ wishes }) => wishes)),
    untried: [...new Set(lines.map(({ what }) => what))].filter((what) => !tried.has(what)),
  };
}

/** What is wrong with an answer; undefined where it is as it must be. */
export function faultOf(found: Found, allowed: boolean, { wishes }: Pick<Demands, 'wishes'>): string | undefined {
  const { to, answer } = found;
  const isDrawn = wishes.has(written(found));
  const isOpen = answer === 'connected' || answer === 'refused';
  const isRight = allowed ? isOpen : answer === 'silent';
  const answers = !isDrawn || answer === 'connected' || (to.idle && answer === 'refused');
  if (isRight && answers) return undefined;
  return `${written(found)} is ${answer}, the simulation says ${allowed ? 'open' : 'closed'}${isDrawn ? ', it is drawn' : ''}`;
}
