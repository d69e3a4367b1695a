import { z } from 'zod';
import {
  cidr,
  count,
  countOrNone,
  hostName,
  name,
  patch,
  port,
  resources,
  schedule,
  text,
  tiers,
  variable,
} from './primitives';
import { route, service } from './service';
import { store, tool, volume } from './store';

/** A secret is *generated* (made inside the namespace) or *given* (only the outside knows it). */
const secret = z.discriminatedUnion('class', [
  z.strictObject({
    class: z.literal('generated'),
    description: text,
    bytes: z.int().min(16).max(128).default(32).describe('Random bytes, written as hex'),
  }),
  z.strictObject({
    class: z.literal('given'),
    description: text,
    optional: z.boolean().default(false).describe('The system starts without it'),
  }),
]);

/** An end outside the cluster. A NetworkPolicy knows no host names, so the addresses are stated beside the host. */
const outside = z.strictObject({
  description: text,
  host: hostName.optional(),
  cidrs: z
    .union([z.literal('public'), z.array(cidr).min(1)])
    .optional()
    .describe('"public": every address but the private ranges'),
  port: port.default(443),
  optional: z.boolean().default(false).describe('Off unless the environment names its host'),
  env: z.record(variable, text).default({}).describe('Variables for the services that talk to it, from {host} {port}'),
});

const monthlyArchive = z.strictObject({
  schedule: schedule.default('@monthly'),
  disasterRecoveryTest: z.boolean().default(false),
});

export const system = z.strictObject({
  title: text,
  description: text,
  images: z
    .record(name, z.union([text, z.strictObject({ own: text })]))
    .describe(
      'Each image once: "repository:tag" or "repository:tag@sha256:…"; {own: …} is built by the team and gets the environment\'s registry',
    ),
  services: z.record(name, service).refine((all) => Object.keys(all).length > 0, 'at least one service'),
  stores: z.record(name, store).default({}),
  tools: z.record(name, tool).default({}),
  routes: z.array(route).default([]),
  volumes: z.record(name, volume).default({}),
  secrets: z.record(name, secret).default({}),
  outside: z.record(name, outside).default({}),
  edge: z
    .enum(['ingress', 'load-balancer'])
    .default('ingress')
    .describe('How the outside comes in where the environment does not choose'),
  profiles: z
    .record(
      name,
      z.strictObject({ description: text, development: z.enum(['on', 'off']), production: z.enum(['on', 'off']) }),
    )
    .default({})
    .describe('Switches of an environment, and how they stand by its mode'),
  cdn: z
    .strictObject({ tiers: z.array(z.enum(tiers)).min(1), paths: z.array(z.string().startsWith('/')).min(1) })
    .optional(),
  zones: z.array(name).default([]).describe('From the outside in; an arrow goes within a zone or to the next one'),
  flows: z
    .record(text, z.array(name).min(2))
    .default({})
    .describe('Request paths as the document draws them; each step must be an arrow or a route'),
  scenarios: z.record(text, name).default({}).describe("The document's deployment scenarios, by environment"),
  links: z.array(text).default([]).describe('Related documentation, as files below the root'),
  backups: z
    .strictObject({
      keep: z.strictObject({ daily: count, weekly: countOrNone, monthly: countOrNone }),
      encrypted: z.boolean().default(false),
      weekly: z.boolean().default(false).describe('Weekly: all volumes and the configuration'),
      archive: monthlyArchive.optional(),
      restoreTest: schedule.default('@weekly'),
    })
    .optional(),
  dashboard: z
    .array(z.strictObject({ row: text, panels: z.array(text).min(1) }))
    .default([])
    .describe(
      'Rows as the document draws them; a panel is a service or store (a dot), or one of those that components bring',
    ),
  documented: z
    .strictObject({ services: z.array(name), limits: resources.shape.limits, requests: resources.shape.requests })
    .optional()
    .describe('The totals that the document states; the report reproduces them or says how it differs'),
  patches: z.array(patch).default([]),
});

/** What a system file holds: everything with a default may be left out. */
export type System = z.input<typeof system>;
export type ParsedSystem = z.output<typeof system>;
export type ParsedService = z.output<typeof service>;
export type ParsedStore = z.output<typeof store>;
