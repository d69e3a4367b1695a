import { ApiServer, type Trouble } from './api-server';
import { recipes } from './fixture';
import { needPrograms, Pod, type Run } from './run-script';

const namespace = 'shop-production';

let server: ApiServer;
let pod: Pod;

function newPod(port = server.port, account = server): Pod {
  return new Pod(port, account, {
    recipes: recipes(),
    certificates: { 'db-tls/tls.crt': 'CERT\nLINE\n', 'db-tls/tls.key': 'KEY\n', 'db-tls/ca.crt': 'CERT\nLINE\n' },
  });
}

async function withTroubles(...troubles: Trouble[]): Promise<Run> {
  server.troubles = troubles;
  return pod.run();
}

function values(): string[] {
  return [...server.secrets.values()].flatMap(({ stringData }) => Object.values(stringData));
}

beforeAll(needPrograms);

beforeEach(async () => {
  server = new ApiServer(namespace);
  await server.listen();
  pod = newPod();
});

afterEach(async () => {
  pod.remove();
  await server.close();
});

describe('The bootstrap script, against a server that answers as the API does', () => {
  test('makes every Secret, with its labels, its keys and as many random digits as asked for', async () => {
    const run = await pod.run();
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout.trim().split('\n')).toEqual([
      'made cookie',
      'made db-superuser',
      'made db-tls',
      '3 made, 0 existed already',
    ]);
    expect(server.secrets.get('db-superuser')).toMatchObject({
      kind: 'Secret',
      type: 'Opaque',
      metadata: {
        namespace,
        labels: { 'app.kubernetes.io/managed-by': 'keelson', 'app.kubernetes.io/instance': namespace },
        annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' },
      },
      stringData: { password: expect.stringMatching(/^[0-9a-f]{48}$/), user: 'it\'s "me"\n@hex 4' },
    });
    expect(server.secrets.get('cookie')?.stringData['cookie']).toMatch(/^[0-9a-f]{64}$/);
  });

  test('makes a new value for every key and every run', async () => {
    await pod.run();
    const first = values();
    server.secrets.clear();
    await pod.run();
    const hex = [...first, ...values()].filter((value) => /^[0-9a-f]{48,}$/.test(value));
    expect(hex).toHaveLength(4);
    expect(new Set(hex).size).toBe(4);
  });

  test('puts a certificate and its key into one Secret, with their line ends', async () => {
    await pod.run();
    expect(server.secrets.get('db-tls')).toMatchObject({
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': 'CERT\nLINE\n', 'tls.key': 'KEY\n', 'ca.crt': 'CERT\nLINE\n' },
    });
  });

  test('changes nothing when it runs again', async () => {
    await pod.run();
    const before = new Map(server.secrets);
    const run = await pod.run();
    expect(run.status).toBe(0);
    expect(run.stdout).toContain('db-superuser exists already, left as it is\n');
    expect(run.stdout).toContain('0 made, 3 existed already');
    expect(server.secrets).toEqual(before);
  });

  test('continues a run that stopped half-way', async () => {
    const stopped = await withTroubles('none', 403);
    expect(stopped.status).toBe(1);
    const kept = server.secrets.get('cookie');
    expect([...server.secrets.keys()]).toEqual(['cookie']);
    const run = await pod.run();
    expect(run.stdout).toContain('2 made, 1 existed already');
    expect(server.secrets.get('cookie')).toBe(kept);
  });

  test('shows no value and no token, neither in its output nor in an argument', async () => {
    const run = await withTroubles(500, 503);
    const seen = `${run.stdout}${run.stderr}${run.arguments}`;
    expect(values()).toHaveLength(6);
    for (const value of [...values(), server.token]) expect(seen).not.toContain(value);
    expect(run.arguments).toContain('--data-binary');
  });

  test('says why it may not create Secrets, and stops at once', async () => {
    const run = await withTroubles(403);
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(
      /not allowed to create cookie in shop-production \(403\).*bootstrap' cannot create resource 'secrets'/,
    );
    expect(server.requests).toBe(1);
  });

  test('says that its token is wrong, and stops at once', async () => {
    const stranger = newPod(server.port, { token: 'of.somebody.else', authority: server.authority } as ApiServer);
    const run = await stranger.run();
    stranger.remove();
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('does not know the token (401)');
    expect(server.requests).toBe(1);
  });

  test('stops at a refusal that no repetition helps, and leaves long words out of the message', async () => {
    const run = await withTroubles(422);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('refused cookie (422): "message": "trouble [removed]"');
    expect(server.requests).toBe(1);
  });

  test.each<[string, Trouble]>([
    ['an internal error', 500],
    ['an overloaded server', 429],
    ['an unavailable server', 503],
    ['a slow server', 'hang'],
    ['a broken connection', 'reset'],
    ["a quota's conflict", 'conflict'],
  ])('tries again after %s', async (_, trouble) => {
    const run = await withTroubles(trouble, trouble);
    expect(run.status).toBe(0);
    expect(run.stderr.match(/cookie: .*again in 0 s/g)).toHaveLength(2);
    expect(server.requests).toBe(5);
    expect(server.secrets.size).toBe(3);
  });

  test('takes a Secret as made whose answer was lost', async () => {
    const run = await withTroubles('created-but-reset');
    expect(run.status).toBe(0);
    expect(run.stdout).toContain('cookie exists already, left as it is');
    expect(run.stdout).toContain('2 made, 1 existed already');
  });

  test('gives up after its tries, and says what it met', async () => {
    const run = await withTroubles(500, 500, 500, 500);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('gave up on cookie after 3 tries: the API server answered 500');
    expect(server.requests).toBe(3);
    expect(server.secrets.size).toBe(0);
  });

  test('doubles its pause', async () => {
    server.troubles = [500, 500];
    const run = await pod.run({ pauseSeconds: 1 });
    expect(run.stderr).toContain('again in 1 s');
    expect(run.stderr).toContain('again in 2 s');
  }, 15_000);

  test('gives up where nobody listens', async () => {
    const port = server.port;
    await server.close();
    const nobody = newPod(port);
    const run = await nobody.run();
    nobody.remove();
    server = new ApiServer(namespace);
    await server.listen();
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('gave up on cookie after 3 tries: no answer (curl 7)');
  });

  test('sends nothing to a server whose certificate its authority did not sign', async () => {
    const other = new ApiServer(namespace);
    const fooled = newPod(server.port, { token: server.token, authority: other.authority } as ApiServer);
    const run = await fooled.run();
    fooled.remove();
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('certificate does not fit');
    expect(server.requests).toBe(0);
  });

  test('stops where a certificate was not made', async () => {
    const bare = new Pod(server.port, server, { recipes: recipes() });
    const run = await bare.run();
    bare.remove();
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('db-tls/tls.crt is missing');
    expect([...server.secrets.keys()]).toEqual(['cookie', 'db-superuser']);
  });
});
