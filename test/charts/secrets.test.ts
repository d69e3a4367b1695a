import { App } from 'cdk8s';
import { SecretsChart } from '../../charts/secrets';
import { planWith } from '../secrets/fixture';

describe('20-secrets', () => {
  const chart = new SecretsChart(new App(), planWith());

  test('is called so, because its name is its file', () => {
    expect(chart.node.id).toBe('20-secrets');
  });

  test('holds the bootstrap and never a Secret', () => {
    const kinds = (chart.toJson() as { kind: string }[]).map(({ kind }) => kind);
    expect(kinds).toContain('Job');
    expect(kinds).not.toContain('Secret');
  });
});
