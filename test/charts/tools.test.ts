import { App } from 'cdk8s';
import { ToolsChart } from '../../charts/tools';
import { resolvePlan } from '../../lib/model';
import { laboratory, laptop } from '../tools/fixture';

describe('80-tools', () => {
  const { plan } = resolvePlan({
    system: { id: 'lab', raw: laboratory },
    environment: { name: 'laptop', raw: laptop },
  });
  if (plan === undefined) throw new Error('The fixture does not resolve');

  test('is called so, because its name is its file', () => {
    expect(new ToolsChart(new App(), plan).node.id).toBe('80-tools');
  });

  test('holds each tool of the Plan', () => {
    const objects = new ToolsChart(new App(), plan).toJson() as { kind: string; metadata: { name: string } }[];
    const deployments = objects.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata.name);
    expect(deployments).toEqual(plan.tools.map(({ name }) => name));
  });
});
