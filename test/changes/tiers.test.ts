import { renderFiles } from '../../cli/synthesize';
import { compareFiles, type Files } from '../../lib/changes';
import { planOf } from '../../lib/choice';
import { type Tier, tiers } from '../../lib/model';
import { Workspace } from '../../lib/workspace';
import { project } from '../cli/harness';

const workspace = new Workspace(project);

function filesOf(system: string, tier: Tier): Files {
  const { plan } = planOf(workspace, { system, environment: 'production', tier });
  if (plan === undefined) throw new Error(`${system} has problems at ${tier}`);
  return renderFiles(plan);
}

/** Its RabbitMQ has more members at `high`, and those must leave it before they go: docs/procedures.md says how. */
const clustered = ['microservices'];

describe.each(workspace.systems())('%s in production', (system) => {
  const byTier = new Map(tiers.map((tier) => [tier, filesOf(system, tier)]));
  const moves = tiers.flatMap((from) => tiers.filter((to) => to !== from).map((to) => [from, to] as const));

  test.each(moves)('goes from %s to %s on a running cluster', (from, to) => {
    const problems = compareFiles(byTier.get(from) ?? new Map(), byTier.get(to) ?? new Map());
    const errors = problems.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
    expect(errors).toEqual(from === 'high' && clustered.includes(system) ? ['queue-shrinks'] : []);
  });
});
