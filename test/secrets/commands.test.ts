import { spawnSync } from 'node:child_process';
import type { SecretsProvider } from '../../lib/model';
import { missingSealed } from '../../lib/model/checks/sealed';
import { createCommands } from '../../lib/secrets';
import { planWith } from './fixture';

function commandsOf(secret: string, provider?: SecretsProvider): readonly string[] | undefined {
  return createCommands(planWith(provider)).find((item) => item.secret === secret)?.commands;
}

describe('The commands that make what no provider makes', () => {
  test('are for the given Secrets under bootstrap, and say which the system starts without', () => {
    expect(createCommands(planWith()).map(({ secret, optional }) => [secret, optional])).toEqual([
      ['mail', false],
      ['sentry', true],
      ['edge-tls', false],
      ['registry', false],
    ]);
  });

  test('are for all Secrets under existing, and for none under an operator', () => {
    expect(createCommands(planWith({ provider: 'existing' }))).toHaveLength(7);
    expect(createCommands(planWith({ provider: 'sealed-secrets', sealed: {} }))).toEqual([]);
  });

  test('name every key with a placeholder, and label the Secret', () => {
    expect(commandsOf('mail')).toEqual([
      'kubectl create secret generic mail --namespace shop-production --from-literal=user=USER --from-literal=api-key=API_KEY',
      'kubectl label secret mail --namespace shop-production app.kubernetes.io/name=mail app.kubernetes.io/instance=shop-production app.kubernetes.io/component=web app.kubernetes.io/part-of=shop app.kubernetes.io/managed-by=keelson',
    ]);
  });

  test('fit the type of the Secret', () => {
    expect(commandsOf('edge-tls')?.[0]).toBe(
      'kubectl create secret tls edge-tls --namespace shop-production --cert=tls.crt --key=tls.key',
    );
    expect(commandsOf('registry')?.[0]).toContain('kubectl create secret docker-registry registry');
  });

  test('make generated values on the spot under existing', () => {
    const existing: SecretsProvider = { provider: 'existing' };
    expect(commandsOf('cookie', existing)?.[0]).toContain('--from-literal=cookie="$(openssl rand -hex 32)"');
    expect(commandsOf('db-tls', existing)?.slice(0, 2)).toEqual([
      expect.stringContaining("-addext 'subjectAltName=DNS:db,DNS:db.shop-production.svc'"),
      'kubectl create secret generic db-tls --namespace shop-production --type=kubernetes.io/tls --from-file=tls.crt --from-file=tls.key --from-file=ca.crt=tls.crt',
    ]);
  });

  test('are what a shell takes as one argument each', () => {
    const [create = ''] = commandsOf('db-superuser', { provider: 'existing' }) ?? [];
    const script = `kubectl() { printf '<%s>' "$@"; }; openssl() { echo f00; }; ${create}`;
    const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    expect(stdout).toContain('<--from-literal=password=f00><--from-literal=user=it\'s "me"\n@hex 4>');
  });
});

describe('What sealed-secrets misses', () => {
  const provider = (
    sealed: Record<string, Record<string, string>>,
  ): Extract<SecretsProvider, { provider: 'sealed-secrets' }> => ({
    provider: 'sealed-secrets',
    sealed,
  });

  test('is every key without a value, with the command that prints it', () => {
    const missing = missingSealed(planWith(), provider({ mail: { user: 'AgA' }, cookie: { cookie: 'AgB' } }));
    expect(missing.map(({ secret, key }) => `${secret}/${key}`)).toEqual([
      'db-superuser/password',
      'db-superuser/user',
      'db-tls/tls.crt',
      'db-tls/tls.key',
      'db-tls/ca.crt',
      'mail/api-key',
      'edge-tls/tls.crt',
      'edge-tls/tls.key',
      'registry/.dockerconfigjson',
    ]);
    expect(missing[0]?.command).toBe(
      "openssl rand -hex 24 | tr -d '\\n' | kubeseal --raw --scope strict --namespace shop-production --name db-superuser --from-file=/dev/stdin",
    );
  });

  test('is nothing of an optional Secret that is left out, but the rest of one that is there in part', () => {
    expect(missingSealed(planWith(), provider({})).some(({ secret }) => secret === 'sentry')).toBe(false);
    expect(missingSealed(planWith(), provider({ sentry: {} })).some(({ secret }) => secret === 'sentry')).toBe(true);
  });
});
