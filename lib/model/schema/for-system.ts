import { z } from 'zod';
import { byteQuantity, certManager, cidr, hostName, name, patch, port, text, tiers, variable } from './primitives';

/** A certificate that `cert-manager` makes, for names that exist in the cluster alone: a public authority signs none. */
export const storeCertificate = [
  z
    .strictObject({ by: z.literal('self-signed') })
    .describe('By an authority that is made for it, inside the namespace'),
  z.strictObject({
    ...certManager,
  }),
] as const;

/** A server outside the cluster, and the addresses that policies let through. */
export const endpoint = z.strictObject({
  host: hostName.describe('Its name'),
  cidrs: z.array(cidr).min(1).describe('Its addresses: a NetworkPolicy knows no names'),
  port: port.optional().describe("Its port. @default the protocol's own"),
});

/** A managed store. Providers ask for encrypted connections; `tls: false` is for one inside a closed network. */
const managed = z.strictObject({
  ...endpoint.shape,
  tls: z.boolean().default(true).describe('Whether connections are encrypted'),
});

/** What only one system knows of this environment. */
export const forSystem = z.strictObject({
  namespace: name.optional().describe("@default the environment's"),
  hosts: z.array(hostName).min(1).optional().describe('The first one is the main host'),
  tier: z.enum(tiers).optional().describe("@default the environment's"),
  edge: z.enum(['ingress', 'gateway', 'load-balancer']).optional().describe("@default the environment's"),
  profiles: z
    .record(name, z.enum(['on', 'off']))
    .default({})
    .describe('Switches of the system'),
  settings: z
    .record(name, z.record(variable, z.string()))
    .default({})
    .describe("Settings by service; they win over the system's"),
  outside: z
    .record(name, endpoint)
    .default({})
    .describe('Where the outside ends of the system are here; an optional one exists where it is named'),
  stores: z
    .record(
      name,
      z.strictObject({
        engine: text.optional().describe("Who runs it here. @default the system's"),
        size: byteQuantity.optional().describe("Of its volume. @default the system's"),
        storageClass: name.optional().describe("@default the environment's"),
        primary: z.int().min(0).default(0).describe('The ordinal of the primary: a promotion is an edit of it'),
        endpoint: managed.optional().describe('Where it is, for engine external'),
        certificate: z
          .discriminatedUnion('by', [
            ...storeCertificate,
            z
              .strictObject({ by: z.literal('secret'), secret: name.describe('A Secret that exists') })
              .describe('With tls.crt, tls.key and ca.crt'),
          ])
          .optional()
          .describe('Of a store with `tls: verify-full`. @default `storeCertificates`'),
      }),
    )
    .default({})
    .describe('What differs for its stores'),
  volumes: z
    .record(
      name,
      z.strictObject({
        size: byteQuantity.optional().describe("@default the system's"),
        storageClass: name.optional().describe("@default the environment's"),
      }),
    )
    .default({})
    .describe('What differs for its volumes'),
  sealed: z
    .record(name, z.record(text, text))
    .default({})
    .describe('Encrypted values for sealed-secrets, by Secret and key, as `kubeseal --raw` prints them'),
  patches: z.array(patch).default([]).describe('Changes of emitted objects, of this system here'),
});
