/**
 * The Gateway API's Gateway and HTTPRoute v1 and ReferenceGrant v1beta1 (its v1 came after 1.4), by hand: the fields of the
 * standard channel that we use, under the names that `cdk8s import` gives them, so that the full classes can take this
 * file's place. `metadata` and `spec` pass through as they are.
 * @see https://gateway-api.sigs.k8s.io/reference/spec/
 */
import { ApiObject, type ApiObjectMetadata, type GroupVersionKind } from 'cdk8s';
import type { Construct } from 'constructs';

export interface GatewayProps {
  readonly metadata?: ApiObjectMetadata;
  readonly spec: GatewaySpec;
}

export interface GatewaySpec {
  readonly gatewayClassName: string;
  /** At most 64; each combination of port, protocol and host once. */
  readonly listeners: readonly GatewaySpecListeners[];
}

export interface GatewaySpecListeners {
  readonly name: string;
  /** Every host, where none is given. */
  readonly hostname?: string;
  readonly port: number;
  readonly protocol: string;
  readonly tls?: GatewaySpecListenersTls;
  readonly allowedRoutes?: GatewaySpecListenersAllowedRoutes;
}

export interface GatewaySpecListenersTls {
  readonly mode?: GatewaySpecListenersTlsMode;
  readonly certificateRefs?: readonly GatewaySpecListenersTlsCertificateRefs[];
}

export enum GatewaySpecListenersTlsMode {
  TERMINATE = 'Terminate',
  PASSTHROUGH = 'Passthrough',
}

export interface GatewaySpecListenersTlsCertificateRefs {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface GatewaySpecListenersAllowedRoutes {
  readonly namespaces?: GatewaySpecListenersAllowedRoutesNamespaces;
}

export interface GatewaySpecListenersAllowedRoutesNamespaces {
  readonly from?: GatewaySpecListenersAllowedRoutesNamespacesFrom;
}

export enum GatewaySpecListenersAllowedRoutesNamespacesFrom {
  ALL = 'All',
  SELECTOR = 'Selector',
  SAME = 'Same',
}

export class Gateway extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway' };

  constructor(scope: Construct, id: string, props: GatewayProps) {
    super(scope, id, { ...Gateway.GVK, ...props });
  }
}

export interface HttpRouteProps {
  readonly metadata?: ApiObjectMetadata;
  readonly spec: HttpRouteSpec;
}

export interface HttpRouteSpec {
  /** At most 32; several to one Gateway differ by their listener. */
  readonly parentRefs?: readonly HttpRouteSpecParentRefs[];
  /** At most 16. */
  readonly hostnames?: readonly string[];
  /** At most 16. */
  readonly rules?: readonly HttpRouteSpecRules[];
}

export interface HttpRouteSpecParentRefs {
  readonly name: string;
  readonly namespace?: string;
  /** A listener's name. */
  readonly sectionName?: string;
}

export interface HttpRouteSpecRules {
  readonly matches?: readonly HttpRouteSpecRulesMatches[];
  readonly filters?: readonly HttpRouteSpecRulesFilters[];
  readonly backendRefs?: readonly HttpRouteSpecRulesBackendRefs[];
  readonly timeouts?: HttpRouteSpecRulesTimeouts;
}

export interface HttpRouteSpecRulesMatches {
  readonly path?: HttpRouteSpecRulesMatchesPath;
}

export interface HttpRouteSpecRulesMatchesPath {
  readonly type?: HttpRouteSpecRulesMatchesPathType;
  readonly value?: string;
}

export enum HttpRouteSpecRulesMatchesPathType {
  EXACT = 'Exact',
  PATH_PREFIX = 'PathPrefix',
  REGULAR_EXPRESSION = 'RegularExpression',
}

export interface HttpRouteSpecRulesFilters {
  readonly type: HttpRouteSpecRulesFiltersType;
  readonly requestRedirect?: HttpRouteSpecRulesFiltersRequestRedirect;
}

export enum HttpRouteSpecRulesFiltersType {
  REQUEST_REDIRECT = 'RequestRedirect',
}

export interface HttpRouteSpecRulesFiltersRequestRedirect {
  /** The port follows from it: 443 for https. */
  readonly scheme?: HttpRouteSpecRulesFiltersRequestRedirectScheme;
  readonly statusCode?: number;
}

export enum HttpRouteSpecRulesFiltersRequestRedirectScheme {
  HTTP = 'http',
  HTTPS = 'https',
}

export interface HttpRouteSpecRulesBackendRefs {
  readonly name: string;
  readonly port?: number;
}

export interface HttpRouteSpecRulesTimeouts {
  /** A duration such as `30s`, for the whole answer; `0s` is none. */
  readonly request?: string;
}

export class HttpRoute extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' };

  constructor(scope: Construct, id: string, props: HttpRouteProps) {
    super(scope, id, { ...HttpRoute.GVK, ...props });
  }
}

export interface ReferenceGrantV1Beta1Props {
  readonly metadata?: ApiObjectMetadata;
  readonly spec: ReferenceGrantV1Beta1Spec;
}

export interface ReferenceGrantV1Beta1Spec {
  readonly from: readonly ReferenceGrantV1Beta1SpecFrom[];
  readonly to: readonly ReferenceGrantV1Beta1SpecTo[];
}

export interface ReferenceGrantV1Beta1SpecFrom {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
}

export interface ReferenceGrantV1Beta1SpecTo {
  readonly group: string;
  readonly kind: string;
  readonly name?: string;
}

export class ReferenceGrantV1Beta1 extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'gateway.networking.k8s.io/v1beta1', kind: 'ReferenceGrant' };

  constructor(scope: Construct, id: string, props: ReferenceGrantV1Beta1Props) {
    super(scope, id, { ...ReferenceGrantV1Beta1.GVK, ...props });
  }
}
