import { z } from 'zod';
import { monitoring } from './monitoring';
import {
  bucketWord,
  byteQuantity,
  cidr,
  hostName,
  modes,
  name,
  patch,
  podLabels,
  port,
  registry,
  text,
  tiers,
  variable,
} from './primitives';

/** Pods that may come in or be talked to: a namespace by name, optionally narrowed by pod labels. */
const peer = z.strictObject({ namespace: name, podLabels: podLabels.default({}) });

/** Who brings the requests of the edge in: pods, addresses (pods of the nodes' network, a cloud's load balancers), or both. */
const edgePeer = z.strictObject({
  namespace: name.optional().describe('The namespace of its pods'),
  podLabels: podLabels.default({}).describe('Those pods of the namespace alone'),
  cidrs: z.array(cidr).default([]).describe("Where it comes by addresses: the nodes', or a cloud's"),
});

const tls = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('none') }),
  z.strictObject({
    by: z.literal('cert-manager'),
    issuer: name,
    issuerKind: z.enum(['ClusterIssuer', 'Issuer']).default('ClusterIssuer'),
    certificate: z.boolean().default(false).describe('A Certificate object instead of the annotation'),
  }),
  z.strictObject({ by: z.literal('secret'), secret: name }),
  z
    .strictObject({ by: z.literal('self-signed') })
    .describe('Made inside the namespace; browsers warn of it, so for what no stranger visits'),
  z
    .strictObject({ by: z.literal('gateway') })
    .describe('The Gateway that `gateway.parent` names has its own certificate for the hosts'),
]);

/** A certificate that `cert-manager` makes, for names that exist in the cluster alone: a public authority signs none. */
const storeCertificate = [
  z
    .strictObject({ by: z.literal('self-signed') })
    .describe('By an authority that is made for it, inside the namespace'),
  z.strictObject({
    by: z.literal('cert-manager'),
    issuer: name,
    issuerKind: z.enum(['ClusterIssuer', 'Issuer']).default('ClusterIssuer'),
  }),
] as const;

/** The Gateway API's settings: a Gateway of our own, or one that exists. */
const gateway = z.strictObject({
  className: name.optional().describe("The GatewayClass of our own Gateway. @default the Ingress class's name"),
  parent: z
    .strictObject({
      name,
      namespace: name.optional().describe("@default the system's own"),
      sectionName: name.optional().describe('The listener that the routes attach to. @default all that let them'),
      redirectSectionName: name.optional().describe('The listener of port 80, which is redirected to https'),
    })
    .optional()
    .describe('A Gateway that exists; none is made. Its listeners must let routes of the namespace attach'),
  peer: edgePeer.optional().describe("Where the Gateway's data plane is. @default the Ingress controller's place"),
});

const secrets = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('bootstrap') }),
  z.strictObject({ provider: z.literal('existing') }),
  z.strictObject({
    provider: z.literal('external-secrets'),
    store: name,
    storeKind: z.enum(['SecretStore', 'ClusterSecretStore']).default('ClusterSecretStore'),
    prefix: z.string().default('').describe("Put before the Secret's name to find it in the store"),
  }),
  z.strictObject({ provider: z.literal('sealed-secrets') }),
]);

const endpoint = z.strictObject({ host: hostName, cidrs: z.array(cidr).min(1), port: port.optional() });

/** A managed store. Providers ask for encrypted connections; `tls: false` is for one inside a closed network. */
const managed = z.strictObject({ ...endpoint.shape, tls: z.boolean().default(true) });

/** What only one system knows of this environment. */
export const forSystem = z.strictObject({
  namespace: name.optional(),
  hosts: z.array(hostName).min(1).optional().describe('The first one is the main host'),
  tier: z.enum(tiers).optional(),
  edge: z.enum(['ingress', 'gateway', 'load-balancer']).optional(),
  profiles: z.record(name, z.enum(['on', 'off'])).default({}),
  settings: z
    .record(name, z.record(variable, z.string()))
    .default({})
    .describe("Settings by service; they win over the system's"),
  outside: z
    .record(name, z.strictObject({ host: hostName, cidrs: z.array(cidr).min(1), port: port.optional() }))
    .default({}),
  stores: z
    .record(
      name,
      z.strictObject({
        engine: text.optional(),
        size: byteQuantity.optional(),
        storageClass: name.optional(),
        primary: z.int().min(0).default(0),
        endpoint: managed.optional(),
        certificate: z
          .discriminatedUnion('by', [
            ...storeCertificate,
            z.strictObject({ by: z.literal('secret'), secret: name }).describe('With tls.crt, tls.key and ca.crt'),
          ])
          .optional()
          .describe('Of a store with `tls: verify-full`. @default `storeCertificates`'),
      }),
    )
    .default({}),
  volumes: z.record(name, z.strictObject({ size: byteQuantity.optional(), storageClass: name.optional() })).default({}),
  sealed: z
    .record(name, z.record(text, text))
    .default({})
    .describe('Encrypted values for sealed-secrets, by Secret and key, as `kubeseal --raw` prints them'),
  patches: z.array(patch).default([]),
});

export const environment = z.strictObject({
  description: text,
  mode: z.enum(modes),
  tier: z.enum(tiers),
  namespace: z
    .string()
    .regex(/^[-a-z0-9{}]+$/, 'lower-case letters, digits and "-", with {system} and {environment} filled in')
    .default('{system}-{environment}'),
  domain: hostName.describe('A system is reached at <system>.<domain> unless its own hosts are given'),
  edge: z.enum(['ingress', 'gateway', 'load-balancer']).optional().describe("The system's own choice unless given"),
  ingress: z
    .strictObject({ className: name.optional(), peer: edgePeer })
    .prefault({ peer: { namespace: 'ingress' } })
    .describe("The controller's class, and where its pods run"),
  gateway: gateway.prefault({}).describe('Where `edge` is `gateway`'),
  trustedProxies: z
    .array(cidr)
    .optional()
    .describe(
      'Addresses whose X-Forwarded-For is believed. Unset: the private ranges (RFC 1918, 4193, 6598) and the `cidrs` of the peer behind an Ingress or a Gateway, none behind a load balancer, which adds no such header',
    ),
  tls,
  hsts: z.boolean().default(false).describe('Only once the certificate is confirmed: browsers remember it'),
  dns: z
    .strictObject({
      peer: peer.prefault({ namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } }),
      cidrs: z.array(cidr).default(['169.254.20.10/32']).describe('Node-local DNS caches'),
    })
    .prefault({}),
  apiServer: z
    .strictObject({
      cidrs: z.array(cidr).min(1).default(['0.0.0.0/0']),
      ports: z.array(port).min(1).default([443, 6443]),
    })
    .prefault({})
    .describe('Where the API server is: selectors cannot match it'),
  storage: z
    .strictObject({ className: name.optional(), encryptedClassName: name.optional() })
    .prefault({})
    .describe("The cluster's default class unless given"),
  sharedVolumes: z
    .discriminatedUnion('by', [
      z.strictObject({ by: z.literal('one-node') }),
      z.strictObject({ by: z.literal('rwx'), className: name }),
      z.strictObject({ by: z.literal('object-storage'), endpoint, bucket: bucketWord, region: bucketWord }),
    ])
    .default({ by: 'one-node' }),
  images: z
    .strictObject({
      registry: registry.optional().describe("Put before the team's own images"),
      pullPolicy: z.enum(['Always', 'IfNotPresent']).default('Always'),
      pullSecret: name.optional(),
      mirror: registry
        .optional()
        .describe('Put before every third-party image, where the cluster pulls through a mirror'),
    })
    .prefault({}),
  secrets: secrets.default({ provider: 'bootstrap' }),
  storeCertificates: z
    .discriminatedUnion('by', [...storeCertificate])
    .default({ by: 'self-signed' })
    .describe('Of stores with `tls: verify-full`; the authority must sign names such as db and db.NAMESPACE.svc'),
  managedStores: z
    .strictObject({
      host: text.describe('{store} and {system} are filled in'),
      cidrs: z.array(cidr).min(1),
      tls: z.boolean().default(true),
    })
    .optional()
    .describe('Every store is external, at this address'),
  tools: z.boolean().default(false).describe('Whether development tools run'),
  monitoring: monitoring.describe('built-in, operator or none; or that word as `mode`, with its details'),
  resourceMetrics: z.enum(['none', 'kubelet', 'platform']).default('kubelet'),
  cloudNativePgPeer: peer
    .prefault({ namespace: 'cnpg-system', podLabels: { 'app.kubernetes.io/name': 'cloudnative-pg' } })
    .describe('Where CloudNativePG runs: it asks its instances for their state'),
  kedaPeer: peer.prefault({ namespace: 'keda' }).describe('Where KEDA runs: it reads the length of the queues'),
  keda: z.boolean().default(false).describe('KEDA is installed: workers scale by queue depth'),
  backupTarget: z
    .discriminatedUnion('to', [
      z.strictObject({
        to: z.literal('claim'),
        size: byteQuantity,
        className: name.optional(),
        accessMode: z
          .enum(['ReadWriteOnce', 'ReadWriteMany'])
          .default('ReadWriteOnce')
          .describe('ReadWriteMany for a class of network file systems (NFS), where pods of all nodes may write'),
      }),
      z.strictObject({ to: z.literal('s3'), endpoint, bucket: bucketWord, region: bucketWord.default('us-east-1') }),
      z.strictObject({ to: z.literal('none') }),
    ])
    .default({ to: 'none' }),
  systems: z.record(name, forSystem).default({}),
  patches: z.array(patch).default([]),
});

/** What an environment file holds. */
export type Environment = z.input<typeof environment>;
export type ParsedEnvironment = z.output<typeof environment>;
