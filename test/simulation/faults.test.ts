import { ZodError } from 'zod';
import { drawings, type EdgeName, type EnvironmentName, type TierName } from './drawn';
import { expectedOpenings } from './expected';
import { faults } from './faults';
import { emit } from './systems';
import { differences, openingsOf } from './world';

/**
 * The simulation itself on trial: it must notice every single thing that is missing or too much. That also proves that no
 * rule, peer or port is superfluous.
 */
const cases: readonly [string, EnvironmentName, TierName, EdgeName][] = [
  ['microservices', 'production', 'low', 'usual'],
  ['realtime-game', 'cloud', 'low', 'usual'],
  ['nestjs-api', 'development', 'low', 'usual'],
  ['nestjs-api', 'production', 'low', 'gateway'],
  ['nestjs-api', 'cloud', 'low', 'gateway-nodes'],
];

test.each(cases)('%s %s %s by %s: every fault in the policies is noticed', (system, environment, tier, edge) => {
  const drawing = drawings.find((it) => it.system === system);
  const { manifests, world } = emit(system, environment, tier, edge);
  if (drawing === undefined) throw new Error(`${system} is not drawn`);
  const drawn = expectedOpenings(drawing, { environment, tier, edge }, world(manifests));
  const all = faults(manifests);
  expect(all.length).toBeGreaterThan(20);
  const unnoticed = all.filter((fault) => {
    try {
      const found = differences(openingsOf(world(fault.manifests)), drawn);
      return Object.values(found).every((connections) => connections.length === 0);
    } catch (error) {
      // A policy that the API server would refuse is noticed as well.
      if (error instanceof ZodError) return false;
      throw error;
    }
  });
  expect(unnoticed.map(({ title }) => title)).toEqual([]);
});
