import { z } from 'zod';
import {
  byteQuantity,
  count,
  membersPerTier,
  name,
  resources,
  schedule,
  seconds,
  text,
  tiers,
  variable,
} from './primitives';

const backup = z.strictObject({
  schedule: schedule.default('@daily').describe('When it is made'),
  formats: z
    .array(z.enum(['custom', 'plain']))
    .min(1)
    .default(['custom'])
    .describe('pg_dump formats; plain is .sql'),
});

const common = {
  description: text.describe('What it is, in a line'),
  image: name.describe("A key of the system's images"),
  resources,
  highResources: resources.optional().describe('Resources at tier high; those above hold at low and medium'),
  size: byteQuantity.describe('Of the data volume; never by tier, because a claim cannot shrink'),
  replicas: membersPerTier.default({ low: 1, medium: 1, high: 1 }).describe('Members by tier, the primary included'),
  tiers: z
    .array(z.enum(tiers))
    .min(1)
    .default([...tiers])
    .describe('The tiers that have this store; arrows to it exist there only'),
  health: z
    .strictObject({
      intervalSeconds: seconds.default(10).describe('Between two checks'),
      tries: count.default(3).describe('Failed checks in a row before it is taken out or restarted'),
      startSeconds: seconds.default(30).describe('How long a start usually takes'),
    })
    .prefault({})
    .describe(
      'startSeconds: how long a start usually takes, for the reader. A recovery may take far longer, and is waited for',
    ),
  zone: name.optional().describe('A zone of the system'),
  encrypted: z
    .boolean()
    .default(false)
    .describe("Encrypted at rest: the claim uses the environment's encrypted storage class"),
  backup: backup.optional().describe('Copies outside of its volume; none unless given'),
};

/** The ways to run each kind of store: the first needs nothing but Kubernetes. */
export const engines = {
  postgres: ['statefulset', 'cloudnative-pg', 'external'],
  redis: ['statefulset', 'redis-cluster', 'external'],
  rabbitmq: ['statefulset', 'rabbitmq-cluster-operator', 'external'],
} as const;

const engineWords = 'Who runs it: statefulset needs nothing but Kubernetes; an operator; external is managed elsewhere';

const postgres = z.strictObject({
  kind: z.literal('postgres'),
  engine: z.enum(engines.postgres).default('statefulset').describe(engineWords),
  ...common,
  database: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*$/, 'a database name of lower-case letters, digits and "_"')
    .max(63)
    .describe('The database that is made'),
  owner: name.describe('The service whose role owns the schema and runs the migrations'),
  maxConnections: z
    .int()
    .min(10)
    .max(262_143)
    .default(100)
    .describe('Of the server; the pools of all pods at their maximum must fit'),
  tls: z.enum(['off', 'verify-full']).default('off').describe('Encrypted connections of the applications'),
  pooler: z
    .enum(['none', 'pgbouncer'])
    .default('none')
    .describe('Applications share few connections, each for the time of a transaction; migrations go past it'),
});

const redis = z.strictObject({
  kind: z.literal('redis'),
  engine: z
    .enum(engines.redis)
    .default('statefulset')
    .describe('redis-cluster: three primaries that share the keys, each with as many copies as `replicas` says'),
  ...common,
  use: z.enum(['cache', 'queue', 'mixed']).describe('cache alone may evict; queue and mixed refuse writes when full'),
  separateCache: z
    .boolean()
    .default(false)
    .describe(
      'A second one beside it, `NAME-cache`, for use as cache: same image and amounts, same clients, found by `NAME_CACHE_URL`',
    ),
  maxMemory: byteQuantity
    .optional()
    .describe('Unless given, 65 % of the memory limit: a fork for a snapshot needs the rest'),
  cluster: z.boolean().default(false).describe('Drawn as a cluster, for clients that are declared clusterAware'),
});

/** A queue that is there before anybody declares it. Its type is for ever; what else is said of it may change. */
const queue = z.strictObject({
  type: z
    .enum(['quorum', 'classic'])
    .default('quorum')
    .describe('quorum is kept on every node of a cluster; classic on one'),
  maxLength: count.optional().describe('Messages that may wait'),
  maxBytes: byteQuantity.optional().describe('Size of the messages that may wait'),
  overflow: z
    .enum(['reject-publish', 'drop-head'])
    .optional()
    .describe('What a full queue does: refuse the new message, or drop the oldest. @default reject-publish'),
  messageSeconds: seconds
    .optional()
    .describe('How long a message may wait; then it is dropped, or goes to deadLetters'),
  deliveries: count
    .optional()
    .describe('How often a message may come back before it is dropped or goes to deadLetters; for quorum'),
  deadLetters: text.optional().describe('The queue of this store that takes what is rejected, too old or given up'),
});

const rabbitmq = z.strictObject({
  kind: z.literal('rabbitmq'),
  engine: z.enum(engines.rabbitmq).default('statefulset').describe(engineWords),
  ...common,
  queues: z.record(text, queue).default({}).describe('Queues that are there before anybody declares them'),
  limits: z
    .strictObject({
      connections: count.optional().describe('Of all clients together'),
      queues: count.optional().describe('That applications may declare, those of this file included'),
      messageSize: byteQuantity.optional().describe("Of one message. @default RabbitMQ's own, 16Mi since 4.0"),
    })
    .prefault({})
    .describe('What one client may not take from all others'),
});

export const store = z.discriminatedUnion('kind', [postgres, redis, rabbitmq]);

/** A development aid. Its image, port and user are the program's own; what it talks to are its arrows. */
export const tool = z.strictObject({
  kind: z.enum(['pgadmin', 'redis-commander', 'ollama']).describe('The program'),
  description: text.describe('What it is, in a line'),
  image: name.describe("A key of the system's images"),
  arrows: z.array(name).default([]).describe('The stores that it talks to'),
  size: byteQuantity.optional().describe('Of its data volume, where it keeps data'),
});

/** A volume that services mount. Shared by several pods only as the environment's `sharedVolumes` says. */
export const volume = z.strictObject({
  description: text.describe('What it holds, in a line'),
  size: byteQuantity.describe('May grow, and never shrink'),
  encrypted: z
    .boolean()
    .default(false)
    .describe("Encrypted at rest: the claim uses the environment's encrypted storage class"),
  backup: z
    .strictObject({ schedule: schedule.default('@daily').describe('When it is made') })
    .optional()
    .describe('Copies outside of the volume; none unless given'),
  objectStorage: z
    .record(variable, text)
    .default({
      AWS_S3_ENDPOINT_URL: '{endpoint}',
      AWS_S3_REGION_NAME: '{region}',
      AWS_STORAGE_BUCKET_NAME: '{bucket}',
      AWS_LOCATION: '{system}/{volume}',
      AWS_ACCESS_KEY_ID: '{accessKeyId}',
      AWS_SECRET_ACCESS_KEY: '{secretAccessKey}',
    })
    .describe(
      'Variables that a service gets instead of the mount where shared volumes are object storage, from {endpoint} {region} {bucket} {system} {volume} {accessKeyId} {secretAccessKey}',
    ),
});
