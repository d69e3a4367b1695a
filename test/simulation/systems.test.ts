import { type Drawing, drawings, type EdgeName, type EnvironmentName } from './drawn';
import { expectedOpenings, forbiddenConnections, type Place } from './expected';
import { emit, environments, tiers, workspace } from './systems';
import { differences, openingsOf } from './world';

test('every system and environment is drawn', () => {
  expect(drawings.map(({ system }) => system).sort()).toEqual(workspace.systems());
  expect([...environments]).toEqual(workspace.environments());
});

function expectDrawn(drawing: Drawing, place: Place): void {
  const { manifests, world: worldOf } = emit(drawing.system, place.environment, place.tier, place.edge);
  const world = worldOf(manifests);
  const found = openingsOf(world);
  const drawn = expectedOpenings(drawing, place, world);
  expect(differences(found, drawn)).toEqual({ openButNotDrawn: [], drawnButClosed: [], openOnOneSide: [] });
  // What the document forbids in so many words.
  const forbidden = forbiddenConnections(drawing, place.edge, world);
  expect(forbidden.filter((connection) => found.open.has(connection))).toEqual([]);
}

describe.each(drawings.map((drawing) => [drawing.system, drawing] as const))('%s', (system, drawing) => {
  const cases = environments.flatMap((environment) => tiers.map((tier) => [environment, tier] as const));

  test.each(cases)('%s %s: exactly the drawn arrows are open', (environment, tier) => {
    expectDrawn(drawing, { environment, tier, edge: 'usual' });
  });

  const gateways = environments.flatMap((environment) =>
    (['gateway', 'gateway-nodes'] as const).map((edge): [EnvironmentName, EdgeName] => [environment, edge]),
  );

  test.each(gateways)('%s by %s: exactly the drawn arrows are open', (environment, edge) => {
    expectDrawn(drawing, { environment, tier: 'high', edge });
  });

  test.each(environments)(
    '%s: every workload has pods here, and the kubelet reaches all their ports',
    (environment) => {
      const { plan, manifests, world } = emit(system, environment, 'medium');
      const { own, simulation } = world(manifests);
      for (const { name, ports } of plan.workloads) {
        const to = own.get(name);
        expect([name, to?.ports.map(({ containerPort }) => containerPort) ?? []]).toEqual([
          name,
          expect.arrayContaining(ports.map(({ containerPort }) => containerPort)),
        ]);
        if (to === undefined) continue;
        const closed = to.ports.filter(
          ({ containerPort }) => !simulation.allows({ from: { kind: 'own-node' }, to, port: containerPort }),
        );
        expect([name, closed]).toEqual([name, []]);
      }
    },
  );
});
