import { drawings } from './drawn';
import { expectedOpenings, forbiddenConnections } from './expected';
import { emit, environments, tiers, workspace } from './systems';
import { differences, openingsOf } from './world';

test('every system and environment is drawn', () => {
  expect(drawings.map(({ system }) => system).sort()).toEqual(workspace.systems());
  expect([...environments]).toEqual(workspace.environments());
});

describe.each(drawings.map((drawing) => [drawing.system, drawing] as const))('%s', (system, drawing) => {
  const cases = environments.flatMap((environment) => tiers.map((tier) => [environment, tier] as const));

  test.each(cases)('%s %s: exactly the drawn arrows are open', (environment, tier) => {
    const { manifests, world: worldOf } = emit(system, environment, tier);
    const world = worldOf(manifests);
    const found = openingsOf(world);
    const drawn = expectedOpenings(drawing, environment, tier, world);
    expect(differences(found, drawn)).toEqual({ openButNotDrawn: [], drawnButClosed: [], openOnOneSide: [] });
    // What the document forbids in so many words.
    expect(forbiddenConnections(drawing, world).filter((connection) => found.open.has(connection))).toEqual([]);
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
