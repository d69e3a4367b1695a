/** Who talks to whom, and how the outside comes in. */

export type ArrowEnd =
  | { readonly kind: 'workload'; readonly name: string }
  | {
      readonly kind: 'outside';
      readonly name: string;
      readonly host: string | undefined;
      readonly cidrs: readonly string[];
      readonly except: readonly string[];
    };

/** Who talks to whom. `port` is the container port: policies see pods, not Services. */
export interface ArrowPlan {
  readonly from: string;
  readonly to: ArrowEnd;
  readonly port: number;
  readonly why:
    | 'drawn'
    | 'pooler'
    | 'migration'
    | 'roles'
    | 'tool'
    | 'cluster'
    | 'object-storage'
    | 'monitoring'
    | 'backup';
}

export interface RoutePlan {
  readonly path: string;
  readonly match: 'prefix' | 'exact';
  /** The service, and its Service port. */
  readonly to: string;
  readonly port: number;
  readonly websocket: boolean;
  readonly streaming: boolean;
  readonly rate: { readonly perSecond: number; readonly burst: number } | undefined;
  /** MiB. */
  readonly bodySize: number | undefined;
  readonly timeoutSeconds: number;
  readonly immutable: boolean;
}

export type TlsPlan =
  | { readonly by: 'none' }
  | {
      readonly by: 'cert-manager';
      readonly issuer: string;
      readonly issuerKind: 'ClusterIssuer' | 'Issuer';
      readonly certificate: boolean;
      readonly secret: string;
    }
  | { readonly by: 'secret' | 'self-signed'; readonly secret: string }
  /** The parent Gateway has its own certificate: nothing of ours holds one. */
  | { readonly by: 'gateway' };

/** Which Gateway the routes attach to. */
export type GatewayPlan =
  | { readonly kind: 'made'; readonly className: string }
  | {
      readonly kind: 'parent';
      readonly name: string;
      readonly namespace: string;
      /** Undefined: every listener that lets them. */
      readonly sectionName: string | undefined;
      /** The listener of port 80, whose requests are redirected. */
      readonly redirectSectionName: string | undefined;
    };

/** The host of static files, which a content delivery network stands in front of. */
export interface CdnEdgePlan {
  readonly host: string;
  /** Nothing but these. */
  readonly routes: readonly RoutePlan[];
  /**
   * The Secret of its certificate. One of its own where cert-manager makes it: the name may lead to the network instead of
   * here, and a certificate that cannot be had must not cost the other hosts theirs. Undefined without TLS of ours.
   */
  readonly secret: string | undefined;
}

export interface Peer {
  readonly namespace: string;
  readonly podLabels: Readonly<Record<string, string>>;
}

/** Who brings the requests in: the pods of a controller or a Gateway, addresses, or both. */
export interface EdgePeer {
  readonly pods: Peer | undefined;
  readonly cidrs: readonly string[];
}

export interface EdgePlan {
  /** `none` where no route is left, e.g. when the application runs on the developer's machine. */
  readonly kind: 'ingress' | 'gateway' | 'load-balancer' | 'none';
  readonly hosts: readonly string[];
  readonly tls: TlsPlan;
  readonly ingressClass: string | undefined;
  /** Undefined unless `kind` is `gateway`. */
  readonly gateway: GatewayPlan | undefined;
  readonly cdn: CdnEdgePlan | undefined;
  readonly peer: EdgePeer;
  /** The proxy's name; undefined where the Ingress leads straight to the services. */
  readonly proxy: string | undefined;
  /** What the outside routes to: everything to the proxy, or each route to its service. */
  readonly routes: readonly RoutePlan[];
}
