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
  readonly why: 'drawn' | 'migration' | 'roles' | 'tool' | 'cluster' | 'object-storage';
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
  | { readonly by: 'secret'; readonly secret: string };

export interface Peer {
  readonly namespace: string;
  readonly podLabels: Readonly<Record<string, string>>;
}

export interface EdgePlan {
  /** `none` where no route is left, e.g. when the application runs on the developer's machine. */
  readonly kind: 'ingress' | 'gateway' | 'load-balancer' | 'none';
  readonly hosts: readonly string[];
  readonly tls: TlsPlan;
  readonly ingressClass: string | undefined;
  readonly peer: Peer;
  /** The proxy's name; undefined where the Ingress leads straight to the services. */
  readonly proxy: string | undefined;
  /** What the outside routes to: everything to the proxy, or each route to its service. */
  readonly routes: readonly RoutePlan[];
}
