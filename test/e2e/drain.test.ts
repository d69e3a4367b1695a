import { kindsOf, nextRemoval, type Placement, type Roles } from '../../e2e/checks/drain';

const roles: Roles = {
  web: ['front', 'back'],
  stores: ['db', 'redis'],
  database: 'db',
  watchers: ['prometheus'],
  edge: 'node-1',
};

function at(node: string, ...pods: string[]): Placement {
  return { node, pods };
}

describe('The quiet drain', () => {
  const next = (...placements: Placement[]): string | undefined => nextRemoval(placements, roles, ['quiet'])?.node;

  test('is of a node with a web pod and without a store', () => {
    expect(next(at('node-2', 'front', 'redis'), at('node-3', 'worker'), at('node-4', 'back'))).toBe('node-4');
  });

  test('is never of the node beside the edge', () => {
    expect(next(at('node-1', 'front'))).toBeUndefined();
  });

  test('is of none where each web pod has a store beside it', () => {
    expect(next(at('node-2', 'front', 'redis'), at('node-3', 'worker'))).toBeUndefined();
  });

  test('leaves the one that watches where it is, if it can', () => {
    const watching = at('node-2', 'front', 'prometheus');
    expect(next(watching, at('node-3', 'back'))).toBe('node-3');
    expect(next(watching, at('node-3', 'worker'))).toBe('node-2');
  });
});

describe('The busy one', () => {
  test('is of the node of the database, also with a web pod on it', () => {
    const placements = [at('node-2', 'front'), at('node-3', 'db', 'back')];
    expect(nextRemoval(placements, roles, ['busy'])).toEqual({ node: 'node-3', pods: ['db', 'back'], kind: 'busy' });
  });

  test('is wanted of the node beside the edge too', () => {
    expect(nextRemoval([at('node-1', 'db'), at('node-2', 'front')], roles, ['busy'])?.node).toBe('node-1');
  });
});

describe('Both', () => {
  const kind = (...placements: Placement[]): string | undefined =>
    nextRemoval(placements, roles, ['quiet', 'busy'])?.kind;

  test('begin with the quiet one', () => {
    expect(kind(at('node-2', 'db', 'prometheus'), at('node-3', 'front'))).toBe('quiet');
  });

  test('begin with the busy one where the other takes the watcher along', () => {
    expect(kind(at('node-2', 'db'), at('node-3', 'front', 'prometheus'))).toBe('busy');
  });

  test('are wanted of a system with web services of several pods and a database', () => {
    expect(kindsOf(roles)).toEqual(['quiet', 'busy']);
    expect(kindsOf({ ...roles, web: [] })).toEqual(['busy']);
    expect(kindsOf({ ...roles, database: undefined })).toEqual(['quiet']);
  });
});
