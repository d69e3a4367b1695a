import { App } from 'cdk8s';
import { NetworkChart } from '../../charts/network';
import { resolveShop } from '../model/shop';

describe('10-network', () => {
  const { plan } = resolveShop();
  if (plan === undefined) throw new Error('the shop has a problem');
  const chart = new NetworkChart(new App(), plan);

  test('is called so, because its name is its file', () => {
    expect(chart.node.id).toBe('10-network');
  });

  test('holds NetworkPolicies and nothing else, each with its own name', () => {
    const manifests = chart.toJson() as { kind: string; metadata: { name: string } }[];
    expect(new Set(manifests.map(({ kind }) => kind))).toEqual(new Set(['NetworkPolicy']));
    expect(new Set(manifests.map(({ metadata }) => metadata.name)).size).toBe(manifests.length);
  });
});
