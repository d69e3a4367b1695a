import { z } from 'zod';
import {
  answerSeconds,
  byteQuantity,
  connections,
  count,
  modes,
  multiple,
  name,
  perTier,
  port,
  portName,
  resources,
  schedule,
  seconds,
  text,
  variable,
} from './primitives';

/**
 * How a workload is asked for its health. The URL that a document states drives readiness; liveness must not ask a
 * dependency, so it is a TCP connection unless `livePath` names a path that is known to ask none.
 */
const health = z.strictObject({
  path: z
    .string()
    .startsWith('/', 'a path that starts with "/"')
    .optional()
    .describe('The documented URL: readiness asks it. @default a connection to the port'),
  livePath: z
    .string()
    .startsWith('/', 'a path that starts with "/"')
    .optional()
    .describe('A URL that is known to ask no dependency: liveness asks it. @default a connection to the port'),
  command: z
    .array(text)
    .min(1)
    .optional()
    .describe('For a workload without a port: a command that exits 0 while it works'),
  intervalSeconds: seconds.default(10).describe('Between two checks'),
  timeoutSeconds: seconds.default(5).describe('Until a check without an answer has failed'),
  tries: count.default(3).describe('Failed checks in a row before the pod is taken out or restarted'),
  startSeconds: seconds.default(30).describe('How long a start usually takes; four times this is tolerated'),
});

const rate = z.strictObject({
  perSecond: count.describe('Requests per second and client address'),
  burst: count.describe('Requests above the rate that are let through at once'),
});

/** What the nginx proxy of a system does besides routing. A service with it runs our nginx configuration. */
const proxy = z.strictObject({
  root: z
    .string()
    .startsWith('/')
    .optional()
    .describe('Folder of the image with static files; routes to the proxy itself serve it'),
  contentSecurityPolicy: text
    .default(
      "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'",
    )
    .describe('The header of that name; {static} stands for the origin of static files'),
  frameOptions: z.enum(['DENY', 'SAMEORIGIN']).default('DENY').describe('The header X-Frame-Options'),
  gzip: z.boolean().default(true).describe('Whether texts are compressed'),
  brotli: z
    .boolean()
    .default(false)
    .describe('Precompressed .br files are served where the image has the module; its start says so where not'),
  bodySize: byteQuantity.default('10Mi').describe('The largest body of a request, where a route has none of its own'),
  methods: z
    .array(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']))
    .min(1)
    .optional()
    .describe('Others answer 405'),
  connectionsPerAddress: connections.optional().describe('Connections at once from one client address'),
  rate: rate.optional().describe('For every route that has none of its own'),
  cors: z
    .strictObject({
      origins: z.array(text).min(1).describe('Who may ask from a page of their own'),
      methods: z.array(text).min(1).describe('Methods that they may use'),
      headers: z.array(text).min(1).describe('Headers that they may send'),
      maxAgeSeconds: seconds.default(600).describe('How long a browser may remember the answer'),
    })
    .optional()
    .describe("{origin} in origins stands for the system's own"),
  tls: z.boolean().default(false).describe("TLS ends at the proxy's pod when the edge is a load balancer"),
});

/** An arrow: this service talks to the target. Declared here once; environment, waits, policies and budget follow. */
export const arrow = z.strictObject({
  port: portName.optional().describe("The target's port by name; its first one unless given"),
  env: z
    .record(variable, text)
    .optional()
    .describe(
      'Variables composed from {url} {host} {port} {user} {password} {database}, and of an encrypted PostgreSQL {sslmode} {sslrootcert}; replaces the defaults',
    ),
  query: z.record(text, text).default({}).describe('Parameters appended to {url}, e.g. connection_limit'),
  pool: count.default(5).describe('Database connections that one process holds at most'),
  wait: z.boolean().default(true).describe('Whether the start waits for the target'),
  clusterAware: z.boolean().default(false).describe('The client speaks Redis Cluster'),
});

const scaling = z.strictObject({
  ...perTier.partial().shape,
  burst: multiple.default(2).describe('The autoscaler may go to figure × burst'),
  cpuPercent: z
    .int()
    .min(10)
    .max(95)
    .default(70)
    .describe('Average CPU, in percent of the request, that the autoscaler holds'),
  queue: z
    .strictObject({
      store: name.describe('The rabbitmq or redis that holds it'),
      name: text.describe('The queue of a rabbitmq, or the list of a redis'),
      depth: count.describe('Messages that one pod is to have before it'),
      database: z.int().min(0).max(15).optional().describe('Of a redis. @default 0'),
    })
    .optional()
    .describe(
      'The queue that it works off: an alert says when it grows, and a worker scales by its length where KEDA is present, by CPU elsewhere',
    ),
});

const serviceShape = {
  kind: z
    .enum(['web', 'worker', 'singleton', 'cron'])
    .describe('web has a port, worker has none, singleton runs exactly once, cron on a schedule'),
  description: text.describe('What it is, in a line'),
  image: name.describe("A key of the system's images"),
  command: z.array(text).min(1).optional().describe("Replaces the image's entrypoint"),
  args: z.array(text).min(1).optional().describe("Replaces the image's arguments"),
  ports: z.record(portName, port).optional().describe("The first one is the service's own"),
  health: health.optional().describe('How it is asked whether it works'),
  resources: resources.optional(),
  highResources: resources.optional().describe('Resources at tier high; those above hold at low and medium'),
  user: z.int().min(1).max(2_147_483_647).optional().describe('Numeric user id of the image; 10001 unless given'),
  arrows: z
    .record(name, arrow)
    .default({})
    .describe('Whom it talks to: variables, waits, network policies and the connection budget follow'),
  settings: z
    .record(variable, z.string())
    .default({})
    .describe(
      'Plain configuration, a ConfigMap; {host} {hosts} {origin} {origins} {static} are filled in, and {{word}} stands for {word} itself',
    ),
  secrets: z.record(variable, name).default({}).describe('Variables that hold a secret of the system'),
  mounts: z.record(name, z.string().startsWith('/')).default({}).describe('Volumes of the system, by mount path'),
  scratch: z
    .record(z.string().startsWith('/'), byteQuantity)
    .default({})
    .describe('Writable folders that a pod may lose, by path'),
  prepare: z
    .array(z.array(text).min(1))
    .default([])
    .describe("Commands in the service's image before each start, e.g. collectstatic"),
  migrations: z
    .strictObject({
      run: z.array(text).min(1).describe("Brings the schema up to this image's version"),
      ready: z.array(text).min(1).describe('Exits 0 when the schema is this version or a newer one'),
      reads: z
        .array(variable)
        .optional()
        .describe(
          'Variables of secrets and arrows that `ready` reads besides the database and the settings, where a service of another image waits with it',
        ),
      timeoutSeconds: seconds.default(600).describe('How long a migration may take, and a start wait for it'),
    })
    .optional()
    .describe('The schema of its database: one Job brings it up to date, and every start waits for that'),
  scaling: scaling.optional().describe('How many pods there are, by tier and by load'),
  processes: count.default(1).describe('Worker processes in one pod; each holds its own connection pool'),
  schedule: schedule.optional().describe('For kind cron'),
  graceSeconds: seconds
    .optional()
    .describe('Time to finish work after SIGTERM. @default 30, for a proxy 60: long-lived connections end there'),
  zone: name.optional().describe('A zone of the system'),
  profile: name.optional().describe('A profile that switches this service'),
  proxy: proxy.nullish().describe('The service is the nginx proxy of the system, with a configuration of ours'),
  metrics: z
    .strictObject({
      port: portName.describe('A port of the service, by name'),
      path: z.string().startsWith('/').default('/metrics').describe('Where Prometheus asks'),
      exports: z
        .enum(['http', 'django'])
        .default('http')
        .describe(
          'What its request metrics are called: http for http_requests_total{status} and http_request_duration_seconds (prometheus-fastapi-instrumentator, prom-client), django for django-prometheus',
        ),
    })
    .optional()
    .describe('Where it tells Prometheus of its requests'),
};

/** What differs in development: any field of the service; records are merged key by key, `proxy: null` removes the proxy. */
const developmentShape = z.strictObject(serviceShape).omit({ kind: true, description: true }).partial();

export const service = z.strictObject({
  ...serviceShape,
  development: developmentShape
    .optional()
    .describe('What differs in environments of mode development; records are merged key by key'),
});

export const route = z.strictObject({
  path: z.string().startsWith('/', 'a path that starts with "/"').describe('What requests ask for'),
  match: z
    .enum(['prefix', 'exact'])
    .default('prefix')
    .describe('prefix: all below the path as well, by whole elements; exact: this path alone'),
  to: name.describe('A service with a port'),
  port: portName.optional().describe('Its port by name. @default its first one'),
  websocket: z.boolean().default(false).describe('Long-lived, upgraded, never buffered'),
  streaming: z.boolean().default(false).describe('Server-sent events: no buffering, long time-outs'),
  rate: rate.optional().describe("Of this route alone. @default the proxy's"),
  bodySize: byteQuantity.optional().describe("The largest body of a request. @default the proxy's"),
  timeoutSeconds: answerSeconds.default(60).describe('How long an answer may take, or be silent'),
  immutable: z.boolean().default(false).describe('Hashed static files: may be cached for a year'),
  in: z.enum(modes).optional().describe('Only in environments of this mode'),
});
