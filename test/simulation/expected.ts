/** From a drawing to the connections that must be open, and no others. */
import type { Drawing, EdgeName, EnvironmentName, TierName } from './drawn';
import { type Openings, type World, written } from './world';

/** Who brings the outside in. */
const edgeEnd: Readonly<Record<EdgeName, string>> = {
  usual: 'ingress',
  gateway: 'data-plane',
  'gateway-nodes': 'data-plane-node',
};

const publicAddresses = ['internet', 'storage'];

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

function arrowsOf(drawn: string, edge: EdgeName): Arrow[] {
  const line = drawn.replace(/^edge /, `${edgeEnd[edge]} `);
  const [clients = '', servers = ''] = line.split(' → ');
  return clients.split(' ').flatMap((from) =>
    servers.split(' ').flatMap((server) => {
      const [to = '', ports = ''] = server.split(':');
      return ports.split(',').map((port) => ({ from, to, port: Number(port) }));
    }),
  );
}

/** The ends that a word means. A workload that talks to itself talks to its other pods. */
function ends(world: World, word: string, other?: string): readonly string[] {
  if (word === 'anywhere') return [...world.foreign.keys()];
  if (word === 'public') return publicAddresses;
  if (word === other) return [`${word}(2)`];
  if (!world.own.has(word) && !world.foreign.has(word)) throw new Error(`Cannot find "${word}": no such pod or end`);
  return [word];
}

function spelled(world: World, { from, to, port }: Arrow): string[] {
  return ends(world, from).flatMap((client) => ends(world, to, from).map((server) => written(client, server, port)));
}

/** Our pods that open connections look names up, at the cluster's DNS and at the node's cache, over both protocols. */
function lookups(world: World, arrows: readonly Arrow[]): string[] {
  const clients = [...new Set(arrows.map(({ from }) => from))].filter((name) => world.own.has(name));
  return clients.flatMap((client) =>
    ['dns', 'node-dns'].flatMap((server) => [written(client, server, 53), written(client, server, 53, 'UDP')]),
  );
}

/**
 * An end that may be anywhere may be one of our own pods as far as this side knows; there the other side closes it. Every
 * other arrow is opened on both sides, or on none.
 */
function halves(world: World, arrows: readonly Arrow[]): string[] {
  const pods = [...world.own.keys()];
  return arrows.flatMap(({ from, to, port }) => [
    ...(to === 'anywhere' ? pods.map((pod) => written(from, pod, port)) : []),
    ...(from === 'anywhere' ? pods.map((pod) => written(pod, pod === to ? `${to}(2)` : to, port)) : []),
  ]);
}

/** Which lines of a drawing hold. */
export interface Place {
  readonly environment: EnvironmentName;
  readonly tier: TierName;
  readonly edge: EdgeName;
}

function holds<Name>(names: readonly Name[] | undefined, name: Name): boolean {
  return names === undefined || names.includes(name);
}

/** What the drawing opens in this environment and tier, at this edge. */
export function expectedOpenings(drawing: Drawing, { environment, tier, edge }: Place, world: World): Openings {
  const lines = drawing.lines.filter(
    ({ environments, tiers, edges }) => holds(environments, environment) && holds(tiers, tier) && holds(edges, edge),
  );
  const arrows = lines.flatMap(({ open }) => open).flatMap((line) => arrowsOf(line, edge));
  return {
    open: new Set([...arrows.flatMap((arrow) => spelled(world, arrow)), ...lookups(world, arrows)]),
    halfOpen: new Set(halves(world, arrows)),
  };
}

/** What the drawing forbids, as far as both ends are there. */
export function forbiddenConnections(drawing: Drawing, edge: EdgeName, world: World): string[] {
  const exists = (name: string): boolean => world.own.has(name) || world.foreign.has(name);
  const arrows = drawing.never.flatMap((line) => arrowsOf(line, edge));
  return arrows
    .filter(({ from, to }) => exists(from) && exists(to))
    .map(({ from, to, port }) => written(from, to, port));
}
