/**
 * A NetworkPolicy as it stands in `dist/`, read strictly: a field that the simulation does not know, or that the API
 * server would refuse, is an error here and not an answer.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
 */
import { z } from 'zod';
import { contains, family } from './addresses';

const labels = z.record(z.string(), z.string());

const requirement = z.discriminatedUnion('operator', [
  z.strictObject({ key: z.string(), operator: z.enum(['In', 'NotIn']), values: z.array(z.string()).min(1) }),
  z.strictObject({ key: z.string(), operator: z.enum(['Exists', 'DoesNotExist']) }),
]);

const selector = z.strictObject({
  matchLabels: labels.optional(),
  matchExpressions: z.array(requirement).optional(),
});

const ipBlock = z
  .strictObject({ cidr: z.string(), except: z.array(z.string()).optional() })
  .refine(({ cidr }) => family(cidr.split('/')[0] ?? '') !== undefined, 'cidr must be an address and a length')
  .refine(
    ({ cidr, except = [] }) => except.every((part) => part !== cidr && contains(cidr, part)),
    'except must be within cidr',
  );

const peer = z
  .strictObject({
    podSelector: selector.optional(),
    namespaceSelector: selector.optional(),
    ipBlock: ipBlock.optional(),
  })
  .refine(
    (it) => (it.ipBlock === undefined) !== (it.podSelector === undefined && it.namespaceSelector === undefined),
    'a peer is either an ipBlock or selectors',
  );

const protocol = z.enum(['TCP', 'UDP', 'SCTP']);

const port = z
  .strictObject({
    protocol: protocol.default('TCP'),
    port: z.union([z.int().min(1).max(65535), z.string()]).optional(),
    endPort: z.int().max(65535).optional(),
  })
  .refine(
    ({ port, endPort }) => endPort === undefined || (typeof port === 'number' && endPort >= port),
    'endPort needs a port that is a number and not above it',
  );

const policyType = z.enum(['Ingress', 'Egress']);

const networkPolicy = z.object({
  apiVersion: z.literal('networking.k8s.io/v1'),
  kind: z.literal('NetworkPolicy'),
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: z.strictObject({
    podSelector: selector,
    policyTypes: z.array(policyType).min(1).optional(),
    ingress: z.array(z.strictObject({ from: z.array(peer).optional(), ports: z.array(port).optional() })).optional(),
    egress: z.array(z.strictObject({ to: z.array(peer).optional(), ports: z.array(port).optional() })).optional(),
  }),
});

export type LabelSelector = z.output<typeof selector>;
export type PolicyPeer = z.output<typeof peer>;
export type PolicyPort = z.output<typeof port>;
export type PolicyType = z.output<typeof policyType>;
export type Protocol = z.output<typeof protocol>;
export type NetworkPolicy = z.output<typeof networkPolicy>;

/** A rule of either direction, with its peers under one name. */
export interface PolicyRule {
  readonly peers: readonly PolicyPeer[];
  readonly ports: readonly PolicyPort[];
}

/** The same object is asked about in many worlds. */
const known = new WeakMap<object, NetworkPolicy>();

/** @throws ZodError when it is no NetworkPolicy that the API server takes */
export function readPolicy(manifest: unknown): NetworkPolicy {
  if (typeof manifest !== 'object' || manifest === null) return networkPolicy.parse(manifest);
  const policy = known.get(manifest) ?? networkPolicy.parse(manifest);
  known.set(manifest, policy);
  return policy;
}

/** The directions that a policy closes. Where it does not say: ingress always, egress when there are egress rules. */
export function policyTypes({ spec }: NetworkPolicy): readonly PolicyType[] {
  return spec.policyTypes ?? (spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress']);
}

/** The rules of one direction. No peers means every peer, no ports every port. */
export function rulesOf({ spec }: NetworkPolicy, type: PolicyType): readonly PolicyRule[] {
  if (type === 'Ingress') return (spec.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }));
  return (spec.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }));
}
