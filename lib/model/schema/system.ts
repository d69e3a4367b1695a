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
    class: z.literal('generated').describe('Made at random inside the namespace'),
    description: text.describe('What it is for, in a line'),
    bytes: z.int().min(16).max(128).default(32).describe('Random bytes, written as hex'),
  }),
  z.strictObject({
    class: z.literal('given').describe('Only the outside knows it: report prints the command that hands it over'),
    description: text.describe('What it is for, in a line'),
    optional: z.boolean().default(false).describe('The system starts without it'),
  }),
]);

/** An end outside the cluster. A NetworkPolicy knows no host names, so the addresses are stated beside the host. */
const outside = z.strictObject({
  description: text.describe('What it is, in a line'),
  host: hostName.optional().describe('Its name; the environment may name another'),
  cidrs: z
    .union([z.literal('public'), z.array(cidr).min(1)])
    .optional()
    .describe('"public": every address but the private ranges'),
  port: port.default(443).describe('Its port'),
  optional: z.boolean().default(false).describe('Off unless the environment names its host'),
  env: z.record(variable, text).default({}).describe('Variables for the services that talk to it, from {host} {port}'),
});

const monthlyArchive = z.strictObject({
  schedule: schedule.default('@monthly').describe('When it is made'),
  disasterRecoveryTest: z.boolean().default(false).describe('Whether each archive is restored for a test'),
});

export const system = z.strictObject({
  title: text.describe('Its name for people'),
  description: text.describe('What it is, in a line'),
  images: z
    .record(name, z.union([text, z.strictObject({ own: text.describe('Below the registry of the environment') })]))
    .describe(
      'Each image once: "repository:tag" or "repository:tag@sha256:…"; {own: …} is built by the team and gets the environment\'s registry',
    ),
  services: z
    .record(name, service)
    .refine((all) => Object.keys(all).length > 0, 'at least one service')
    .describe('The programs of the application, by name'),
  stores: z.record(name, store).default({}).describe('What holds data: postgres, redis, rabbitmq'),
  tools: z.record(name, tool).default({}).describe('Development aids, where the environment has them'),
  routes: z.array(route).default([]).describe('Which path leads to which service; the longest one wins'),
  volumes: z.record(name, volume).default({}).describe('Files that services share'),
  secrets: z.record(name, secret).default({}).describe('Values that no file holds'),
  outside: z.record(name, outside).default({}).describe('Ends outside the cluster that services talk to'),
  edge: z
    .enum(['ingress', 'load-balancer'])
    .default('ingress')
    .describe('How the outside comes in where the environment does not choose'),
  profiles: z
    .record(
      name,
      z.strictObject({
        description: text.describe('What it switches, in a line'),
        development: z.enum(['on', 'off']).describe('How it stands in environments of mode development'),
        production: z.enum(['on', 'off']).describe('How it stands in environments of mode production'),
      }),
    )
    .default({})
    .describe('Switches of an environment, and how they stand by its mode'),
  cdn: z
    .strictObject({
      tiers: z.array(z.enum(tiers)).min(1).describe('The tiers that have it'),
      paths: z.array(z.string().startsWith('/')).min(1).describe('The paths of static files'),
    })
    .optional()
    .describe('A host of its own for static files, static.HOST, which a content delivery network stands in front of'),
  zones: z.array(name).default([]).describe('From the outside in; an arrow goes within a zone or to the next one'),
  flows: z
    .record(text, z.array(name).min(2))
    .default({})
    .describe('Request paths as the document draws them; each step must be an arrow or a route'),
  scenarios: z.record(text, name).default({}).describe("The document's deployment scenarios, by environment"),
  links: z.array(text).default([]).describe('Related documentation, as files below the root'),
  backups: z
    .strictObject({
      keep: z
        .strictObject({
          daily: count.describe('Copies of the last days'),
          weekly: countOrNone.describe('Copies of the last weeks'),
          monthly: countOrNone.describe('Copies of the last months'),
        })
        .describe('How many copies are kept'),
      encrypted: z.boolean().default(false).describe('Encrypted before they leave, by a key that you keep'),
      weekly: z.boolean().default(false).describe('Weekly: all volumes and the configuration'),
      archive: monthlyArchive.optional().describe('A copy that stays by itself'),
      restoreTest: schedule.default('@weekly').describe('When the newest copies are restored for a test'),
    })
    .optional()
    .describe('What holds for the backups of all stores and volumes'),
  dashboard: z
    .array(
      z.strictObject({
        row: text.describe('Its title'),
        panels: z.array(text).min(1).describe('By name, from the left'),
      }),
    )
    .default([])
    .describe(
      'Rows as the document draws them; a panel is a service or store (a dot), or one of those that components bring',
    ),
  documented: z
    .strictObject({
      services: z.array(name).describe('The services and stores that are counted, one pod of each'),
      limits: resources.shape.limits.describe('The sum of the limits'),
      requests: resources.shape.requests.describe('The sum of the requests'),
    })
    .optional()
    .describe('The totals that the document states; the report reproduces them or says how it differs'),
  patches: z.array(patch).default([]).describe('What no field says: changes of emitted objects'),
});

/** What a system file holds: everything with a default may be left out. */
export type System = z.input<typeof system>;
export type ParsedSystem = z.output<typeof system>;
export type ParsedService = z.output<typeof service>;
export type ParsedStore = z.output<typeof store>;
