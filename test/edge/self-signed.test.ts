import { App } from 'cdk8s';
import { EdgeChart } from '../../charts/edge';
import { SecretsChart } from '../../charts/secrets';
import { createCommands } from '../../lib/secrets/commands';
import { planWith } from './renderings';

const tls = { by: 'self-signed', issuer: null };
const game = planWith('realtime-game', 'production', { tls });

function text(chart: EdgeChart | SecretsChart): string {
  return JSON.stringify(chart.toJson());
}

describe('a self-signed pair', () => {
  test('is made by bootstrap, for the hosts, in the image of PostgreSQL, which has openssl', () => {
    const secret = game.secrets.find(({ name }) => name === 'edge-tls');
    expect(secret).toMatchObject({
      class: 'generated',
      type: 'kubernetes.io/tls',
      usedBy: ['front-end'],
      keys: { 'tls.crt': { make: 'certificate', hosts: game.edge.hosts } },
    });
    const made = text(new SecretsChart(new App(), game));
    expect(made).toContain(`edge-tls=DNS:${game.edge.hosts[0]}`);
    expect(made).toContain('@pem edge-tls/tls.key');
    expect(made).toContain(game.stores.find(({ kind }) => kind === 'postgres')?.image);
  });

  test("is what the proxy's pod ends TLS with", () => {
    const edge = text(new EdgeChart(new App(), game));
    expect(edge).toContain('"secretName":"edge-tls"');
    expect(edge).not.toContain('cert-manager.io');
  });

  test('has the host of static files too', () => {
    const plan = planWith('lms', 'production', { tls }, 'high');
    const made = text(new SecretsChart(new App(), plan));
    expect(made).toContain('edge-tls=DNS:lms.example.com,DNS:static.lms.example.com');
    expect(plan.edge.cdn?.secret).toBe('edge-tls');
  });

  test('is made by hand, by the command of the report, where no provider makes it', () => {
    const plan = planWith('realtime-game', 'production', { tls, secrets: { provider: 'existing' } });
    const commands = createCommands(plan)
      .find(({ secret }) => secret === 'edge-tls')
      ?.commands.join('\n');
    expect(commands).toContain('openssl req -x509');
    expect(commands).toContain(`subjectAltName=DNS:${plan.edge.hosts[0]}`);
  });
});
