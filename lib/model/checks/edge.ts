import { proxyPages } from '../proxy-pages';
import type { Context } from '../resolve/context';
import { edgeKind } from '../resolve/edge';
import type { ParsedService } from '../schema/system';
import { checkCdn } from './cdn';
import { checkEdgePeers } from './edge-peer';
import { checkGateway } from './gateway';
import { checkRoutePaths } from './route-paths';

/** Texts that become nginx configuration: a `$` would be a variable there, a control character a new directive. */
function checkTexts(
  context: Context,
  name: string,
  proxy: NonNullable<Context['system']['services'][string]['proxy']>,
): void {
  const { contentSecurityPolicy, root, cors } = proxy;
  const texts = {
    contentSecurityPolicy,
    root,
    ...(cors && {
      'cors.origins': cors.origins.join(' '),
      'cors.methods': cors.methods.join(' '),
      'cors.headers': cors.headers.join(' '),
    }),
  };
  for (const [key, text] of Object.entries(texts)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (text !== undefined && /[$\u0000-\u001f]/.test(text))
      context.problems.error(
        'proxy-text',
        `${context.at.system}.services.${name}.proxy.${key}`,
        JSON.stringify(text),
        'a text without "$" and control characters: nginx would read them',
      );
  }
}

/** What the proxy hands on: only to whom it may talk, and files only where it has some. */
function checkProxied(
  { problems, at, system }: Context,
  name: string,
  service: Context['system']['services'][string],
): void {
  for (const [index, route] of system.routes.entries()) {
    const listens = Object.keys(system.services[route.to]?.ports ?? {}).length > 0;
    if (listens && route.to !== name && !(route.to in service.arrows))
      problems.error(
        'route-without-arrow',
        `${at.system}.routes[${index}].to`,
        `${route.to}, to which ${name} has no arrow`,
        `an arrow from ${name}: nothing else may talk`,
      );
    if (route.to === name && service.proxy?.root === undefined)
      problems.error(
        'static-without-root',
        `${at.system}.routes[${index}].to`,
        `${name}, the proxy itself`,
        `services.${name}.proxy.root, the folder with the static files`,
      );
  }
}

/** nginx answers for itself at its own pages alone; anywhere else an upstream would answer for it. */
function checkProxyHealth({ problems }: Context, path: string, { health }: ParsedService): void {
  const pages = Object.values(proxyPages);
  if (health?.path !== undefined && !pages.some((page) => page === health.path))
    problems.error(
      'proxy-health',
      `${path}.health.path`,
      `"${health.path}"`,
      `one of the proxy's own: ${pages.join(', ')}`,
    );
  if (health?.livePath !== undefined)
    problems.error(
      'proxy-health',
      `${path}.health.livePath`,
      `"${health.livePath}"`,
      `none: nginx lives at ${proxyPages.live}`,
    );
}

/** What nginx has no use for: it starts from its configuration alone, and its exporter tells its metrics. */
function checkProxyFields({ problems }: Context, path: string, service: ParsedService): void {
  const stated = {
    prepare: service.prepare.length > 0,
    mounts: Object.keys(service.mounts).length > 0,
    metrics: service.metrics !== undefined,
    migrations: service.migrations !== undefined,
  };
  for (const [field, is] of Object.entries(stated))
    if (is)
      problems.error('proxy-field', `${path}.${field}`, `${field} of a proxy`, 'none: the proxy runs nginx alone');
}

function checkProxy(context: Context): void {
  const { problems, at, system } = context;
  const proxies = Object.entries(system.services).filter(([, { proxy }]) => proxy);
  for (const [name, service] of proxies.slice(0, 1)) {
    const path = `${at.system}.services.${name}`;
    if (service.kind !== 'web')
      problems.error('proxy-kind', `${path}.proxy`, `a proxy of kind ${service.kind}`, 'kind "web"');
    const ports = Object.entries(service.ports ?? {});
    if (ports.length !== 1 || ports[0]?.[0] !== 'http' || ports[0]?.[1] !== 80)
      problems.error(
        'proxy-ports',
        `${path}.ports`,
        ports.map(([key, port]) => `${key}: ${port}`).join(', ') || 'none',
        'exactly http: 80; 443 is added where TLS ends at the pod',
      );
    if (service.command ?? service.args)
      problems.error(
        'proxy-command',
        `${path}.command`,
        'a command',
        'none: the proxy runs nginx with the rendered configuration',
      );
    checkProxyHealth(context, path, service);
    checkProxyFields(context, path, service);
    checkProxied(context, name, service);
    if (service.proxy) checkTexts(context, name, service.proxy);
    if (service.proxy?.cors?.origins.includes('*'))
      problems.error('cors-wildcard', `${path}.proxy.cors.origins`, '"*"', 'the origins that may call, e.g. {origin}');
  }
  const second = proxies[1];
  if (second !== undefined)
    problems.error(
      'two-proxies',
      `${at.system}.services.${second[0]}.proxy`,
      `a second proxy beside ${proxies[0]?.[0]}`,
      'one proxy for each system',
    );
}

/** What makes the pair has openssl: PostgreSQL's image, which the cluster has anyway. */
function checkSelfSigned({ problems, at, environment, stores }: Context): void {
  const postgres = [...stores.values()].some(({ kind }) => kind === 'postgres');
  if (environment.secrets.provider === 'bootstrap' && !postgres)
    problems.error(
      'self-signed-image',
      `${at.environment}.tls.by`,
      '"self-signed"',
      'a PostgreSQL store, in whose image openssl makes the pair, or {by: "secret"} with a pair of your own',
    );
  if (environment.hsts)
    problems.error(
      'hsts-self-signed',
      `${at.environment}.hsts`,
      'true',
      'a certificate that browsers trust: with HSTS they let nobody past the warning',
    );
}

/** A browser that once heard it never comes without TLS again; and somebody must say it. */
function checkHsts(context: Context): void {
  const { problems, at, environment, proxy } = context;
  const path = `${at.environment}.hsts`;
  if (environment.tls.by === 'none')
    problems.error('hsts-without-tls', path, 'true', 'tls: without it browsers would be locked out');
  else if (proxy === undefined && edgeKind(context) !== 'none')
    problems.warning(
      'hsts-without-proxy',
      path,
      'true',
      `a service of ${context.id} with a proxy, which says it, or an application that says it itself`,
    );
}

/** How the outside comes in must be possible with what is there. */
export function checkEdge(context: Context): void {
  const { problems, at, environment, proxy } = context;
  checkRoutePaths(context);
  checkProxy(context);
  const kind = edgeKind(context);
  const stated =
    context.own.edge === undefined ? `${at.environment}.edge` : `${at.environment}.systems.${context.id}.edge`;
  checkEdgePeers(context);
  checkGateway(context);
  checkCdn(context);
  if (kind === 'load-balancer' && proxy === undefined)
    problems.error(
      'load-balancer-without-proxy',
      stated,
      '"load-balancer"',
      'a service with a proxy, or "ingress": a load balancer leads to one pod\'s port',
    );
  if (environment.hsts) checkHsts(context);
  if (environment.tls.by === 'self-signed') checkSelfSigned(context);
}
