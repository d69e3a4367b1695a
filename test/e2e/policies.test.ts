import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { checkPolicies } from '../../e2e/checks/policies';
import { idlePods } from '../../e2e/idle';
import { type Answer, demandsOf, everyWish, faultOf, type Place, type Wish, written } from '../../e2e/reach';
import type { Stage } from '../../e2e/stage';

function pod(title: string, more: Partial<Place> & { readonly labels?: Record<string, string> } = {}): Place {
  const [namespace = '', name = ''] = title.includes('/') ? title.split('/') : ['shop', title];
  const { labels = {}, ...rest } = more;
  const end = { kind: 'pod', namespace, name, labels, ports: [] } as const;
  return { title, ours: namespace === 'shop', idle: false, end, address: title, ports: [], ...rest };
}

const dns = { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } };
const ingress = { namespace: 'ingress', podLabels: { app: 'ingress' } };
const inside = [
  pod('web', { ports: [8000] }),
  pod('web', { ports: [8000] }),
  pod('db', { ports: [5432] }),
  pod('db-backup', { idle: true }),
  pod('ingress/ingress-1', { ports: [8443], labels: ingress.podLabels }),
  pod('kube-system/dns-1', { ports: [53], labels: dns.podLabels }),
];
const node: Place = {
  ...pod('node-1', { ports: [6443, 9443] }),
  ours: false,
  end: { kind: 'address', ip: '192.0.2.1' },
};
const places = [...inside, node];

function drawn(name: string): { kind: 'workload'; name: string } {
  return { kind: 'workload', name };
}

function beyond(name: string): object {
  return { kind: 'outside', name, host: undefined, cidrs: ['0.0.0.0/0'], except: [] };
}

const plan = {
  arrows: [
    { from: 'web', to: drawn('db'), port: 5432, why: 'drawn' },
    { from: 'db-backup', to: drawn('db'), port: 5432, why: 'backup' },
    { from: 'db-backup', to: beyond('backups'), port: 9443, why: 'backup' },
    { from: 'web', to: beyond('edge'), port: 443, why: 'monitoring' },
    { from: 'web', to: beyond('edge'), port: 8443, why: 'monitoring' },
  ],
  edge: { peer: { pods: ingress, cidrs: [] }, routes: [{ to: 'web', port: 80 }] },
  network: { dns: { ...dns, cidrs: [] }, apiServer: { cidrs: [], ports: [443, 6443] } },
  services: [{ name: 'web', ports: [{ port: 80, containerPort: 8000 }] }],
  workloads: [{ name: 'web', apiServer: true }, { name: 'db' }, { name: 'db-backup' }],
} as unknown as Parameters<typeof demandsOf>[0];

describe('What the Plan draws', () => {
  test('must connect, at both ends and at the port of the process', () => {
    const { wishes, untried } = demandsOf(plan, places);
    expect(untried).toEqual([]);
    expect([...wishes].sort()).toEqual([
      'db-backup → db:5432',
      'db-backup → kube-system/dns-1:53/UDP',
      'db-backup → node-1:9443',
      'ingress/ingress-1 → web:8000',
      'web → db:5432',
      'web → ingress/ingress-1:8443',
      'web → kube-system/dns-1:53/UDP',
      'web → node-1:6443',
    ]);
  });

  test.each([
    ['the client', 'db-backup', ['db-backup → db', 'db-backup → backups', 'db-backup → DNS']],
    ['the server', 'db', ['web → db', 'db-backup → db']],
    ['the outside', 'node-1', ['db-backup → backups', 'web → API server']],
    ['the edge', 'ingress/ingress-1', ['web → edge', 'the edge → web']],
    ['the DNS', 'kube-system/dns-1', ['web → DNS', 'db-backup → DNS']],
  ])('is missed where nobody can try it: without %s', (_, title, untried) => {
    const left = places.filter((place) => place.title !== title);
    expect([...demandsOf(plan, left).untried].sort()).toEqual([...untried].sort());
  });

  test('is among what is tried, once for each pair of pods', () => {
    const wishes = everyWish(inside, [node], plan).map(written);
    const { wishes: demanded } = demandsOf(plan, places);
    expect([...demanded].filter((it) => !wishes.includes(it))).toEqual([]);
    expect(wishes.filter((it) => it === 'web → db:5432')).toHaveLength(2);
    expect(wishes.filter((it) => it === 'web → web:8000')).toHaveLength(2);
    // Two strangers, and what lies outside and a stranger: no matter of ours.
    expect(wishes.filter((it) => it.startsWith('ingress/ingress-1 → kube-system'))).toEqual([]);
    expect(wishes.filter((it) => it.startsWith('ingress/ingress-1 → node-1'))).toEqual([]);
  });
});

describe('An answer', () => {
  const [web, , db, backup] = inside as [Place, Place, Place, Place];
  const demands = demandsOf(plan, places);
  const arrow: Wish = { from: web, to: db, port: 5432, protocol: 'TCP' };
  const other: Wish = { from: db, to: web, port: 8000, protocol: 'TCP' };

  test.each<[string, Wish, boolean, Answer, boolean]>([
    ['an arrow connects', arrow, true, 'connected', true],
    ['an arrow is refused: another port', arrow, true, 'refused', false],
    ['an arrow is silent, as its missing policy says', arrow, false, 'silent', false],
    ['an arrow connects without a policy', arrow, false, 'connected', false],
    ['an arrow is silent', arrow, true, 'silent', false],
    ['nothing is drawn and nothing open', other, false, 'silent', true],
    ['nothing is drawn and it connects', other, false, 'connected', false],
    ['nothing is drawn and it is refused: it came through', other, false, 'refused', false],
    ['open, and nobody listens', other, true, 'refused', true],
    ['the probe itself cannot', other, false, 'EMFILE', false],
    ['it was not tried', other, false, 'untried', false],
  ])('%s', (_, wish, allowed, answer, isRight) => {
    expect(faultOf({ ...wish, answer }, allowed, demands) === undefined).toBe(isRight);
  });

  test('of one that stands in may be a refusal, and no silence', () => {
    const wishes = new Set(['web → db-backup:1']);
    const wish: Wish = { from: web, to: backup, port: 1, protocol: 'TCP' };
    expect(faultOf({ ...wish, answer: 'refused' }, true, { wishes })).toBeUndefined();
    expect(faultOf({ ...wish, answer: 'silent' }, true, { wishes })).toBeDefined();
  });
});

test('Every Job and CronJob has one that stands in for it, with its labels', () => {
  const labels = { 'app.kubernetes.io/name': 'db-backup' };
  const objects = [
    {
      kind: 'CronJob',
      metadata: { name: 'a' },
      spec: { jobTemplate: { spec: { template: { metadata: { labels } } } } },
    },
    { kind: 'Job', metadata: { name: 'b' }, spec: { template: { metadata: { labels: { app: 'b' } } } } },
    { kind: 'Deployment', metadata: { name: 'c' }, spec: { template: { metadata: { labels } } } },
  ];
  const stage = { namespace: 'shop', manifests: { objects } } as unknown as Stage;
  expect(idlePods(stage).map(({ name, namespace }) => `${namespace}/${name}`)).toEqual([
    'shop/idle-db-backup',
    'shop/idle-b',
    'shop/idle-unknown',
    'default/idle-stranger',
  ]);
  expect(idlePods(stage)[0]?.labels).toBe(labels);
});

describe('One who stands in and is refused', () => {
  const stage = (status: number, deletes: () => Promise<void>) => {
    const manifests = { objects: [], plan: { images: { helper: 'helper' } } };
    const api = { post: async () => ({ status, text: 'exceeded quota' }), delete: deletes };
    return { namespace: 'shop', manifests, api } as unknown as Stage;
  };

  test('ends the check, whatever becomes of the cleaning up, and all of them are deleted', async () => {
    const deletes = jest.fn().mockRejectedValue(new Error('no answer'));
    await expect(checkPolicies(stage(403, deletes))).rejects.toThrow(/idle-\w+ is refused: 403 exceeded quota/);
    expect(deletes.mock.calls).toEqual([
      ['/api/v1/namespaces/shop/pods/idle-unknown', 0],
      ['/api/v1/namespaces/default/pods/idle-stranger', 0],
    ]);
  });
});

function probe(targets: readonly object[]): Promise<unknown> {
  const child = spawn(process.execPath, [join(__dirname, '../../e2e/checks/probe.mjs'), '1000']);
  let said = '';
  child.stdout.on('data', (text: Buffer) => {
    said += text;
  });
  child.stdin.end(JSON.stringify(targets));
  return new Promise((resolve) => child.on('close', () => resolve(JSON.parse(said))));
}

/** Answers each packet with what it is told to. */
async function server(answer: (asked: Buffer) => Buffer | undefined): Promise<{ port: number; socket: Socket }> {
  const socket = createSocket('udp4');
  socket.on('message', (asked, { port }) => {
    const message = answer(asked);
    if (message) socket.send(message, port, '127.0.0.1');
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { port: socket.address().port, socket };
}

test('The probe tells one answer from the other', async () => {
  const listening = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as { port: number };
  const good = await server((asked) =>
    Buffer.concat([asked.subarray(0, 2), Buffer.from([129, 128, 0, 1, 0, 1, 0, 0])]),
  );
  const empty = await server((asked) =>
    Buffer.concat([asked.subarray(0, 2), Buffer.from([129, 131, 0, 1, 0, 0, 0, 0])]),
  );
  const still = await server(() => undefined);
  const gone = await server(() => undefined);
  await new Promise<void>((resolve) => gone.socket.close(() => resolve()));
  const udp = [good, empty, still, gone].map(({ port }) => ({ address: '127.0.0.1', port, protocol: 'UDP' }));
  const tcp = [port, gone.port].map((port) => ({ address: '127.0.0.1', port, protocol: 'TCP' }));
  const nowhere = { address: '255.255.255.255', port, protocol: 'TCP' };
  const answers = await probe([...tcp, ...udp, nowhere]);
  for (const { socket } of [good, empty, still]) socket.close();
  listening.close();
  expect(answers).toEqual([
    'connected',
    'refused',
    'connected',
    'EBADANSWER',
    'silent',
    'refused',
    expect.stringMatching(/^E/),
  ]);
});
