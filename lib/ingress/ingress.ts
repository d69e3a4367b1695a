import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { metadata } from '../kubernetes/labels';
import type { EdgePlan, Plan, RoutePlan, TlsPlan } from '../model/plan';

export interface IngressProps {
  readonly plan: Plan;
}

/** cert-manager watches Ingresses for its own annotation; no other annotation is ever set, as each belongs to one controller. */
function annotations(tls: TlsPlan): Record<string, string> | undefined {
  if (tls.by !== 'cert-manager' || tls.certificate) return undefined;
  const kind = tls.issuerKind === 'ClusterIssuer' ? 'cluster-issuer' : 'issuer';
  return { [`cert-manager.io/${kind}`]: tls.issuer };
}

/** `Prefix` matches whole elements: `/api/` takes `/api` and `/api/x`, never `/apix`. */
function path(route: RoutePlan): k8s.HttpIngressPath {
  return {
    path: route.path,
    pathType: route.match === 'exact' ? 'Exact' : 'Prefix',
    backend: { service: { name: route.to, port: { number: route.port } } },
  };
}

function rule(host: string | undefined, routes: readonly RoutePlan[]): k8s.IngressRule {
  return { host, http: { paths: routes.map(path) } };
}

/** The same rules for each host, those of static files for theirs; a rule without a host, where there is none, is for all. */
function rules({ hosts, routes, cdn }: EdgePlan): k8s.IngressRule[] {
  const named = hosts.length === 0 ? [rule(undefined, routes)] : hosts.map((host) => rule(host, routes));
  return cdn === undefined ? named : [...named, rule(cdn.host, cdn.routes)];
}

/** Hosts by the Secret of their certificate. */
function certificates({ tls, hosts, cdn }: EdgePlan): k8s.IngressTls[] | undefined {
  if (!('secret' in tls)) return undefined;
  if (cdn?.secret === undefined) return [{ hosts: [...hosts], secretName: tls.secret }];
  if (cdn.secret === tls.secret) return [{ hosts: [...hosts, cdn.host], secretName: tls.secret }];
  return [
    { hosts: [...hosts], secretName: tls.secret },
    { hosts: [cdn.host], secretName: cdn.secret },
  ];
}

/** The way in by the cluster's Ingress controller, which ends TLS. */
export class Ingress extends Construct {
  constructor(scope: Construct, id: string, { plan }: IngressProps) {
    super(scope, id);
    const { edge } = plan;
    new k8s.KubeIngress(this, 'Resource', {
      metadata: metadata(plan, 'edge', { name: 'edge', component: 'edge' }, annotations(edge.tls)),
      spec: { ingressClassName: edge.ingressClass, tls: certificates(edge), rules: rules(edge) },
    });
  }
}
