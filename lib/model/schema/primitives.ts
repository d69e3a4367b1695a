import { z } from 'zod';

/** Capacity steps that move replicas, autoscaling, resources and store topology together. */
export const tiers = ['low', 'medium', 'high'] as const;
export type Tier = (typeof tiers)[number];

/** What an environment is for: `development` turns development-only parts on, `production` leaves them out. */
export const modes = ['development', 'production'] as const;
export type Mode = (typeof modes)[number];

/** The one name that every JavaScript object has already: looking it up would find what nobody wrote. */
const takenWords = 'any other name: "constructor" has a meaning of its own in JavaScript';
function isFree(word: string): boolean {
  return word !== 'constructor';
}

/**
 * A name that becomes an object's name: a DNS label (RFC 1123) that starts with a letter, because Services demand it.
 * 40 characters leave room for `-migrate-<hash>` and the pod's own suffix below the 63 that a label value may have.
 */
export const name = z
  .string()
  .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'a name of lower-case letters, digits and "-", starting with a letter')
  .max(40, 'a name of at most 40 characters')
  .refine(isFree, takenWords);

/** An environment variable's name, as POSIX has it. */
export const variable = z.string().regex(/^[A-Z_][A-Z0-9_]*$/, 'a variable name of upper-case letters, digits and "_"');

export const port = z
  .int('a port number from 1 to 65535')
  .min(1, 'a port number from 1 to 65535')
  .max(65535, 'a port number from 1 to 65535');

/** A port's name: at most 15 characters, as Kubernetes wants it (IANA service name). */
export const portName = z
  .string()
  .regex(/^[a-z]([-a-z0-9]{0,13}[a-z0-9])?$/, 'a port name of at most 15 lower-case letters, digits and "-"')
  .refine(isFree, takenWords);

/** A Kubernetes CPU quantity: `"500m"`, `"2"`, `"0.5"`. */
const cpuWords = 'a CPU quantity such as "500m" or "2"';
export const cpuQuantity = z
  .string(cpuWords)
  .regex(/^(\d+m|\d+(\.\d{1,3})?)$/, cpuWords)
  .max(8, 'at most 8 characters');

/** A Kubernetes memory or storage quantity in binary units: `"512Mi"`, `"2Gi"`. */
const byteWords = 'a size in binary units such as "512Mi" or "10Gi"';
export const byteQuantity = z
  .string(byteWords)
  .regex(/^[1-9]\d*(Mi|Gi|Ti)$/, byteWords)
  .max(8, 'a figure of at most 6 digits: a larger unit says the same');

export const cidr = z
  .string()
  .regex(/^((\d{1,3}\.){3}\d{1,3}\/\d{1,2}|[0-9a-fA-F:]+\/\d{1,3})$/, 'a CIDR block such as "10.0.0.0/8"');

export const hostName = z
  .string()
  .regex(
    /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    'a host name such as "shop.example.com"',
  )
  .max(253, 'a host name of at most 253 characters');

/** A whole number from one to the most that makes sense; Kubernetes counts in 32 bits. */
function upTo(most: number, words = `at most ${most}`, what = 'a whole number'): z.ZodInt {
  return z.int(what).min(1, 'at least 1').max(most, words);
}

const mostSeconds = 366 * 24 * 3600; // A year leaves room for what is made of a figure.
const secondsUpTo = (most: number, words: string): z.ZodInt =>
  z.int('a whole number of seconds').min(1, 'at least 1 second').max(most, `at most ${most} seconds, ${words}`);
export const seconds = secondsUpTo(mostSeconds, 'a year');
/** Of an answer: a Gateway's durations have five digits. */
export const answerSeconds = secondsUpTo(24 * 3600, 'a day');

const most = 1_000_000_000;
export const count = upTo(most);
export const countOrNone = z.int('a whole number').min(0, 'at least 0').max(most, `at most ${most}`);
/** Connections at once from one address. */
export const connections = upTo(65_535, "at most 65535, nginx' own limit");
/** How many times its figure a service may grow. */
export const multiple = upTo(100);
export const text = z.string().min(1, 'a text');

/** CPU and memory, in Kubernetes' own words: what is reserved and what is the most. */
const amounts = z.strictObject({
  cpu: cpuQuantity.describe('CPUs, e.g. "500m" or "2"'),
  memory: byteQuantity.describe('Memory, e.g. "512Mi"'),
});
export const resources = z
  .strictObject({
    requests: amounts.describe('Reserved for each pod'),
    limits: amounts.describe('The most that each pod may use'),
  })
  .describe('CPU and memory of each pod');

/** Replicas by tier. A figure is the capacity that holds even when no metric arrives. */
const mostReplicas = 5000; // of the nodes that one cluster may have: https://kubernetes.io/docs/setup/best-practices/cluster-large/
const figure = upTo(mostReplicas, `at most ${mostReplicas}, the nodes of the largest cluster`);
export const perTier = z.strictObject({
  low: figure.describe('Pods at tier low'),
  medium: figure.describe('Pods at tier medium'),
  high: figure.describe('Pods at tier high'),
});

/** Members of a store by tier: each has a claim of its own, which is written out. */
const mostMembers = 99;
const members = upTo(mostMembers, `at most ${mostMembers} members of a store`);
export const membersPerTier = z.strictObject({
  low: members.describe('Members at tier low, the primary included'),
  medium: members.describe('Members at tier medium'),
  high: members.describe('Members at tier high'),
});

const labelKey = z
  .string()
  .regex(/^([-a-z0-9.]{1,253}\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/, 'the key of a label such as "app"');
const labelValue = z
  .string()
  .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/, 'a label: at most 63 letters, digits, "-", "_" and "."');

/** The labels by which pods are selected. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
export const podLabels = z.record(labelKey, labelValue);

/** What stands before the name of an image. */
export const registry = z
  .string()
  .regex(
    /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*\/?$/,
    'a registry such as "registry.example.com/team", without "https://"',
  );

/** Buckets and regions of S3, by the widest rule that its servers have: they stand in URLs and in scripts. */
export const bucketWord = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/, 'letters, digits, ".", "_" and "-"');

/** Every day, hour, week or month at a fixed quiet time, or a cron expression of five fields. */
export const schedule = z
  .string()
  .regex(
    /^(@hourly|@daily|@weekly|@monthly|(\S+\s+){4}\S+)$/,
    'a schedule: "@daily", "@hourly", "@weekly", "@monthly" or five cron fields',
  );

/**
 * JSON merge patch (RFC 7386) for one emitted object, applied last: the escape hatch. A patch whose target or
 * field does not exist is a problem.
 */
export const patch = z.strictObject({
  kind: text.describe('The kind of the object, e.g. Deployment'),
  name: text.describe('The name of the object, e.g. backend; a Job is meant by its name without the hash'),
  merge: z.record(z.string(), z.unknown()).describe('A JSON merge patch'),
  reason: text.describe('Why the model does not suffice'),
});

/** A certificate by an issuer of cert-manager. */
export const certManager = {
  by: z.literal('cert-manager'),
  issuer: name.describe('The issuer of cert-manager'),
  issuerKind: z
    .enum(['ClusterIssuer', 'Issuer'])
    .default('ClusterIssuer')
    .describe('Of all namespaces, or of this one'),
} as const;
