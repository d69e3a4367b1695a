/** The real nginx of each system answers the table of requests that the evaluators of Ingress and HTTPRoute answer. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan, RoutePlan } from '../../lib/model/plan';
import { isProxy } from '../../lib/proxy';
import { planWith } from '../../test/edge/renderings';
import { differences, requests, staticRequests } from '../../test/edge/requests';
import type { Bench } from './bench';
import { all, ask } from './client';
import { type Pod, startPod } from './pod';
import { type Heard, startUpstream, type Upstream } from './upstream';

export interface Running {
  readonly plan: Plan;
  readonly pod: Pod;
  readonly host: string;
  stop(): Promise<void>;
}

/** A plan on the ports of upstreams that run here, with static files that say whose they are. */
function onPorts(plan: Plan, ports: ReadonlyMap<string, number>, root: string): Plan {
  const moved = (route: RoutePlan): RoutePlan => ({ ...route, port: ports.get(route.to) ?? route.port });
  const services = plan.services.map((service) => {
    const { proxy } = service;
    if (proxy === undefined) return service;
    const cdn = proxy.cdn && { ...proxy.cdn, routes: proxy.cdn.routes.map(moved) };
    const routes = proxy.routes.map(moved);
    return { ...service, proxy: { ...proxy, routes, cdn, root: proxy.root && root, trustedProxies: ['127.0.0.1/32'] } };
  });
  return { ...plan, services };
}

/** Pages and hashed files of an image, each with its service's name in it. */
function staticFiles(name: string): string {
  const root = mkdtempSync(join(tmpdir(), 'keelson-static-'));
  mkdirSync(join(root, 'assets'));
  // The pod's user is nobody.
  chmodSync(root, 0o755);
  for (const file of ['index.html', 'assets/index.3f2a.js']) writeFileSync(join(root, file), `${name}\n`);
  return root;
}

/** The proxy of a system with an upstream for each service that it leads to. */
export async function runSystem(bench: Bench, plan: Plan, prepare?: (folder: string) => void): Promise<Running> {
  const { nginx, dns } = bench;
  const proxy = plan.services.find(isProxy);
  if (proxy === undefined) throw new Error(`${plan.system.id} has no proxy`);
  const upstreams = new Map<string, Upstream>();
  for (const to of new Set(proxy.proxy.routes.map((route) => route.to))) {
    if (to === proxy.name) continue;
    upstreams.set(to, await startUpstream(to));
    dns.records.set(`${to}.${plan.namespace}.svc.test.local`, '127.0.0.1');
  }
  const ports = new Map([...upstreams].map(([name, { port }]) => [name, port]));
  const root = staticFiles(proxy.name);
  const pod = await startPod({ plan: onPorts(plan, ports, root), nginx, dns, prepare });
  const stop = async (): Promise<void> => {
    await pod.stop();
    await Promise.all([...upstreams.values()].map((upstream) => upstream.stop()));
    rmSync(root, { recursive: true });
  };
  await pod.found();
  return { plan, pod, host: plan.edge.hosts[0] ?? '', stop };
}

/** Who answers: a service, by what it says or by its file; or a status. Each request comes from another client. */
async function answerer({ pod, host }: Running, path: string, asked = host): Promise<string> {
  const client = `198.51.100.${1 + (Buffer.from(path).reduce((sum, byte) => sum + byte, 0) % 250)}`;
  const headers = { Host: asked, 'X-Forwarded-For': client, 'X-Forwarded-Proto': 'https' };
  const answer = await ask(pod.http, { path, headers });
  if (answer.status !== 200) return answer.status === 404 ? 'nobody' : String(answer.status);
  return answer.body.startsWith('{') ? (JSON.parse(answer.body) as Heard).who : answer.body.trim();
}

async function table(bench: Bench, system: string, environment: 'production' | 'development'): Promise<void> {
  const { checks } = bench;
  // At an Ingress: TLS at the pod has a test of its own.
  const plan = planWith(system, environment, { systems: { [system]: { edge: 'ingress' } } }, 'high');
  if (!plan.services.some(isProxy)) return;
  const running = await runSystem(bench, plan);
  const wanted = (requests[system] ?? []).filter(({ environments }) => environments.includes(environment));
  for (const [path, service] of wanted.flatMap(({ answers }) => answers)) {
    checks.equal(`${system} ${environment} ${path}`, await answerer(running, path), service);
  }
  const cdn = plan.edge.cdn;
  for (const [path, service] of cdn === undefined ? [] : (staticRequests[system] ?? [])) {
    checks.equal(`${cdn?.host} ${environment} ${path}`, await answerer(running, path, cdn?.host), service);
  }
  if (environment === 'production') {
    for (const { why, path, nginx } of differences[system] ?? []) {
      checks.equal(`${why}: ${path}`, await answerer(running, path), nginx);
    }
  }
  if (system === 'django-react' && environment === 'production') {
    checks.equal(
      'any host is answered behind an Ingress',
      await answerer(running, '/', 'stranger.example'),
      'frontend',
    );
  }
  if (cdn !== undefined && environment === 'production') await staticHost(bench, running, cdn.host);
  await running.stop();
}

/** What a content delivery network sees: the file for everybody, storable, with a word about who may read it. */
async function staticHost({ checks }: Bench, { pod, host }: Running, cdn: string): Promise<void> {
  const headers = { Host: cdn, 'X-Forwarded-For': '198.51.100.251', 'X-Forwarded-Proto': 'https' };
  const font = await ask(pod.http, {
    path: '/static/font.woff2',
    headers: { ...headers, Origin: `https://${host}`, Cookie: 'sessionid=secret' },
  });
  const told = (JSON.parse(font.body) as Heard).headers;
  checks.equal('every origin may read, said once', all(font, 'access-control-allow-origin'), ['*']);
  checks.equal("the upstream's own word on caching stays", all(font, 'cache-control'), ['private']);
  checks.equal('no cookie goes out or in', [all(font, 'set-cookie'), told['cookie']], [[], undefined]);
  checks.equal('the upstream hears the main host', [told['host'], told['x-forwarded-host']], [host, host]);
  const plain = await ask(pod.http, { path: '/static/silent.css', headers });
  checks.equal('a file that says nothing is kept briefly', all(plain, 'cache-control'), ['public, max-age=300']);
  const post = await ask(pod.http, { method: 'POST', path: '/static/a', headers, body: 'x' });
  checks.equal('files are read, not written', post.status, 405);
  checks.equal('no policy is said twice', all(font, 'content-security-policy').length, 1);
}

export async function agreement(bench: Bench): Promise<void> {
  for (const system of Object.keys(requests)) {
    for (const environment of ['production', 'development'] as const) await table(bench, system, environment);
  }
}
