import { z } from 'zod';
import { byteQuantity, cidr, hostName, name, port, text } from './primitives';

/** How loud an alert is. `none` is the dead man's switch alone. */
export const severities = ['critical', 'warning', 'info'] as const;

/** What an alert is about: what routing and receivers go by. */
export const alertComponents = [
  'application',
  'proxy',
  'postgres',
  'redis',
  'rabbitmq',
  'workload',
  'edge',
  'backup',
  'monitoring',
] as const;

/** Panels that a document may draw by name, beside a dot for each service and store. Components bring them. */
export const panelNames = [
  'CPU',
  'Memory',
  'Disk',
  'Network',
  'Requests/sec',
  'Avg Response',
  'Error Rate',
  'Active Users',
  'Connections',
  'Query Time',
  'Cache Hit',
  'Size',
] as const;

/** Where monitoring comes from: our own servers, an operator that the cluster has, or nowhere. */
export const monitoringModes = ['built-in', 'operator', 'none'] as const;

const reach = {
  cidrs: z
    .union([z.literal('public'), z.array(cidr).min(1)])
    .default('public')
    .describe('Addresses of the other end; "public": every address but the private ranges'),
  port: port.default(443).describe('Port of the other end'),
};

/** Which alerts a receiver gets. Its credential is a key of the Secret `alertmanager-<receiver>`, never text here. */
const chosen = {
  severities: z
    .array(z.enum(severities))
    .min(1)
    .default([...severities])
    .describe('Only alerts of these severities'),
  components: z
    .array(z.enum(alertComponents))
    .default([])
    .describe('Only alerts of these components, e.g. postgres, backup; all of them unless given'),
};

const receiver = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('mail'),
    to: text.describe('Who gets them'),
    from: text.describe('Who sends them'),
    host: hostName.describe('The mail server that takes them'),
    user: text.optional().describe('Who logs in there; the key `password` is then in the Secret'),
    ...chosen,
    ...reach,
    port: port.default(587).describe('Port of the mail server'),
  }),
  z.strictObject({ by: z.literal('slack'), channel: text.describe('The channel, e.g. #shop'), ...chosen, ...reach }),
  z.strictObject({ by: z.literal('pagerduty'), ...chosen, ...reach }),
  z.strictObject({ by: z.literal('webhook'), ...chosen, ...reach }),
  z.strictObject({
    by: z.literal('heartbeat'),
    ...reach,
  }),
]);

/** Metrics for longer than our own Prometheus keeps them. */
const remoteWrite = z.strictObject({
  host: hostName.describe('Where it takes them'),
  path: z.string().startsWith('/', 'a path that starts with "/"').default('/api/v1/write').describe('The path there'),
  token: z.boolean().default(true).describe('The key `token` of the Secret `prometheus-remote-write`'),
  ...reach,
});

/** Where nobody finds a page: what stands in links until somebody says where the pages are. */
export const unpublished = 'https://example.com/docs/runbooks';

export const monitoringDetails = z.strictObject({
  mode: z.enum(monitoringModes).describe('Our own servers, an operator that the cluster has, or nothing'),
  receivers: z.record(name, receiver).default({}).describe('Who is told of alerts'),
  intervalSeconds: z
    .int('a whole number')
    .min(5, 'at least 5')
    .max(60, 'at most 60, or windows of five minutes hold too few figures')
    .default(30)
    .describe('Between two looks at every target, and between two evaluations of the rules'),
  retentionDays: z.int('a whole number').min(1, 'at least 1').default(15).describe('Days that samples are kept'),
  size: byteQuantity.default('20Gi').describe("Of Prometheus' volume; four fifths of it are samples"),
  objective: z
    .number()
    .min(90, 'at least 90')
    .max(99.99, 'at most 99.99')
    .default(99.9)
    .describe('Percent of the requests that shall succeed, over 30 days'),
  runbooks: z
    .string()
    .regex(/^https?:\/\/[^\s]+[^/]$/, 'an address such as "https://example.com/runbooks", without a slash at its end')
    .default(unpublished)
    .describe('Where the pages of docs/runbooks/ are published'),
  kubelets: z.array(cidr).min(1).default(['0.0.0.0/0']).describe('Addresses of the nodes, for resourceMetrics kubelet'),
  remoteWrite: remoteWrite.optional().describe('Where all samples go besides, to be kept for longer'),
  platform: z
    .strictObject({ host: hostName.describe('Its name'), ...reach })
    .optional()
    .describe("The platform's Prometheus, for resourceMetrics platform"),
  operator: z
    .strictObject({
      labels: z
        .record(text, text)
        .default({ release: 'kube-prometheus-stack' })
        .describe("What the operator's Prometheus selects our objects by"),
      namespace: name.default('monitoring').describe('The namespace of its Prometheus'),
      podLabels: z
        .record(z.string(), z.string())
        .default({ 'app.kubernetes.io/name': 'prometheus' })
        .describe('The labels of its pods'),
    })
    .prefault({})
    .describe('For mode operator: where its Prometheus runs, and what it looks for'),
});

/** One word, or the word with its details. */
export const monitoring = z.union([z.enum(monitoringModes), monitoringDetails]).default('built-in');

export type ParsedMonitoring = z.output<typeof monitoringDetails>;
export type ParsedReceiver = ParsedMonitoring['receivers'][string];
