import { z } from 'zod';
import { endpoint, forSystem, storeCertificate } from './for-system';
import { monitoring } from './monitoring';
import {
  bucketWord,
  byteQuantity,
  certManager,
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
} from './primitives';

/** Pods that may come in or be talked to: a namespace by name, optionally narrowed by pod labels. */
const peer = z.strictObject({
  namespace: name.describe('The namespace of its pods'),
  podLabels: podLabels.default({}).describe('Those pods of the namespace alone'),
});

/** Who brings the requests of the edge in: pods, addresses (pods of the nodes' network, a cloud's load balancers), or both. */
const edgePeer = z.strictObject({
  namespace: name.optional().describe('The namespace of its pods'),
  podLabels: podLabels.default({}).describe('Those pods of the namespace alone'),
  cidrs: z.array(cidr).default([]).describe("Where it comes by addresses: the nodes', or a cloud's"),
});

const tls = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('none') }),
  z.strictObject({
    ...certManager,
    certificate: z.boolean().default(false).describe('A Certificate object instead of the annotation'),
  }),
  z.strictObject({ by: z.literal('secret'), secret: name.describe('A Secret that exists, with tls.crt and tls.key') }),
  z
    .strictObject({ by: z.literal('self-signed') })
    .describe('Made inside the namespace; browsers warn of it, so for what no stranger visits'),
  z
    .strictObject({ by: z.literal('gateway') })
    .describe('The Gateway that `gateway.parent` names has its own certificate for the hosts'),
]);

/** The Gateway API's settings: a Gateway of our own, or one that exists. */
const gateway = z.strictObject({
  className: name.optional().describe("The GatewayClass of our own Gateway. @default the Ingress class's name"),
  parent: z
    .strictObject({
      name: name.describe('Its name'),
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
    store: name.describe('The store of External Secrets'),
    storeKind: z.enum(['SecretStore', 'ClusterSecretStore']).default('ClusterSecretStore').describe('Its kind'),
    prefix: z.string().default('').describe("Put before the Secret's name to find it in the store"),
  }),
  z.strictObject({ provider: z.literal('sealed-secrets') }),
]);

/** A bucket of S3, or of what speaks like it. */
const bucket = {
  endpoint: endpoint.describe('The server'),
  bucket: bucketWord.describe('The name of the bucket'),
};

export const environment = z.strictObject({
  description: text.describe('What it is, in a line'),
  mode: z.enum(modes).describe('development turns development-only parts on, production leaves them out'),
  tier: z.enum(tiers).describe('How much: replicas, autoscalers, resources and stores move together'),
  namespace: z
    .string()
    .regex(/^[-a-z0-9{}]+$/, 'lower-case letters, digits and "-", with {system} and {environment} filled in')
    .default('{system}-{environment}')
    .describe('One for each system'),
  domain: hostName.describe('A system is reached at <system>.<domain> unless its own hosts are given'),
  edge: z.enum(['ingress', 'gateway', 'load-balancer']).optional().describe("The system's own choice unless given"),
  ingress: z
    .strictObject({
      className: name.optional().describe("The IngressClass. @default the cluster's default"),
      peer: edgePeer.describe('Where its pods run'),
    })
    .prefault({ peer: { namespace: 'ingress' } })
    .describe("The controller's class, and where its pods run"),
  gateway: gateway.prefault({}).describe('Where `edge` is `gateway`'),
  trustedProxies: z
    .array(cidr)
    .optional()
    .describe(
      'Addresses whose X-Forwarded-For is believed. Unset: the private ranges (RFC 1918, 4193, 6598) and the `cidrs` of the peer behind an Ingress or a Gateway, none behind a load balancer, which adds no such header',
    ),
  tls: tls.describe('Who makes the certificate of the hosts; none: plain http'),
  hsts: z.boolean().default(false).describe('Only once the certificate is confirmed: browsers remember it'),
  dns: z
    .strictObject({
      peer: peer
        .prefault({ namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } })
        .describe('The pods that answer'),
      cidrs: z.array(cidr).default(['169.254.20.10/32']).describe('Node-local DNS caches'),
    })
    .prefault({})
    .describe('Who resolves names, for all pods that talk to somebody'),
  apiServer: z
    .strictObject({
      cidrs: z.array(cidr).min(1).default(['0.0.0.0/0']).describe('Its addresses'),
      ports: z.array(port).min(1).default([443, 6443]).describe('Its ports'),
    })
    .prefault({})
    .describe('Where the API server is: selectors cannot match it'),
  storage: z
    .strictObject({
      className: name.optional().describe("The StorageClass of every claim. @default the cluster's"),
      encryptedClassName: name.optional().describe('The StorageClass of claims that are encrypted at rest'),
    })
    .prefault({})
    .describe("The cluster's default class unless given"),
  sharedVolumes: z
    .discriminatedUnion('by', [
      z.strictObject({ by: z.literal('one-node') }),
      z.strictObject({
        by: z.literal('rwx'),
        className: name.describe('A StorageClass whose volumes many nodes may mount'),
      }),
      z.strictObject({ by: z.literal('object-storage'), ...bucket, region: bucketWord.describe('Its region') }),
    ])
    .default({ by: 'one-node' })
    .describe('How several pods share a volume: on one node, by a class for many nodes, or in object storage instead'),
  images: z
    .strictObject({
      registry: registry.optional().describe("Put before the team's own images"),
      pullPolicy: z
        .enum(['Always', 'IfNotPresent'])
        .default('Always')
        .describe('Whether a node asks for an image that it has'),
      pullSecret: name.optional().describe('The Secret with the credentials of the registry'),
      mirror: registry
        .optional()
        .describe('Put before every third-party image, where the cluster pulls through a mirror'),
    })
    .prefault({})
    .describe('Where images come from'),
  secrets: secrets.default({ provider: 'bootstrap' }).describe('Who makes the generated secrets'),
  storeCertificates: z
    .discriminatedUnion('by', [...storeCertificate])
    .default({ by: 'self-signed' })
    .describe('Of stores with `tls: verify-full`; the authority must sign names such as db and db.NAMESPACE.svc'),
  managedStores: z
    .strictObject({
      host: text.describe('{store} and {system} are filled in'),
      cidrs: z.array(cidr).min(1).describe('Their addresses'),
      tls: z.boolean().default(true).describe('Whether connections are encrypted'),
    })
    .optional()
    .describe('Every store is external, at this address'),
  tools: z.boolean().default(false).describe('Whether development tools run'),
  monitoring: monitoring.describe('built-in, operator or none; or that word as `mode`, with its details'),
  resourceMetrics: z
    .enum(['none', 'kubelet', 'platform'])
    .default('kubelet')
    .describe("Who tells what pods use of CPU, memory, disk: the nodes, the platform's Prometheus, nobody"),
  cloudNativePgPeer: peer
    .prefault({ namespace: 'cnpg-system', podLabels: { 'app.kubernetes.io/name': 'cloudnative-pg' } })
    .describe('Where CloudNativePG runs: it asks its instances for their state'),
  kedaPeer: peer.prefault({ namespace: 'keda' }).describe('Where KEDA runs: it reads the length of the queues'),
  keda: z.boolean().default(false).describe('KEDA is installed: workers scale by queue depth'),
  backupTarget: z
    .discriminatedUnion('to', [
      z.strictObject({
        to: z.literal('claim'),
        size: byteQuantity.describe('Of the claim that all backups share'),
        className: name.optional().describe("Its StorageClass. @default the environment's"),
        accessMode: z
          .enum(['ReadWriteOnce', 'ReadWriteMany'])
          .default('ReadWriteOnce')
          .describe('ReadWriteMany for a class of network file systems (NFS), where pods of all nodes may write'),
      }),
      z.strictObject({
        to: z.literal('s3'),
        ...bucket,
        region: bucketWord.default('us-east-1').describe('Its region'),
      }),
      z.strictObject({ to: z.literal('none') }),
    ])
    .default({ to: 'none' })
    .describe('Where backups go'),
  systems: z.record(name, forSystem).default({}).describe('What differs here for one system'),
  patches: z.array(patch).default([]).describe('Changes of emitted objects, of every system here'),
});

/** What an environment file holds. */
export type Environment = z.input<typeof environment>;
export type ParsedEnvironment = z.output<typeof environment>;
