import { z } from 'zod';

/** Capacity steps that move replicas, autoscaling, resources and store topology together. */
export const tiers = ['low', 'medium', 'high'] as const;
export type Tier = (typeof tiers)[number];

/** What an environment is for: `development` turns development-only parts on, `production` leaves them out. */
export const modes = ['development', 'production'] as const;
export type Mode = (typeof modes)[number];

/**
 * A name that becomes an object's name: a DNS label (RFC 1123) that starts with a letter, because Services demand it.
 * 40 characters leave room for `-migrate-<hash>` and the pod's own suffix below the 63 that a label value may have.
 */
export const name = z
  .string()
  .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'a name of lower-case letters, digits and "-", starting with a letter')
  .max(40, 'a name of at most 40 characters');

/** An environment variable's name, as POSIX has it. */
export const variable = z.string().regex(/^[A-Z_][A-Z0-9_]*$/, 'a variable name of upper-case letters, digits and "_"');

export const port = z
  .int('a port number from 1 to 65535')
  .min(1, 'a port number from 1 to 65535')
  .max(65535, 'a port number from 1 to 65535');

/** A port's name: at most 15 characters, as Kubernetes wants it (IANA service name). */
export const portName = z
  .string()
  .regex(/^[a-z]([-a-z0-9]{0,13}[a-z0-9])?$/, 'a port name of at most 15 lower-case letters, digits and "-"');

/** A Kubernetes CPU quantity: `"500m"`, `"2"`, `"0.5"`. */
const cpuWords = 'a CPU quantity such as "500m" or "2"';
export const cpuQuantity = z.string(cpuWords).regex(/^(\d+m|\d+(\.\d{1,3})?)$/, cpuWords);

/** A Kubernetes memory or storage quantity in binary units: `"512Mi"`, `"2Gi"`. */
const byteWords = 'a size in binary units such as "512Mi" or "10Gi"';
export const byteQuantity = z.string(byteWords).regex(/^[1-9]\d*(Mi|Gi|Ti)$/, byteWords);

export const cidr = z
  .string()
  .regex(/^((\d{1,3}\.){3}\d{1,3}\/\d{1,2}|[0-9a-fA-F:]+\/\d{1,3})$/, 'a CIDR block such as "10.0.0.0/8"');

export const hostName = z
  .string()
  .regex(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'a host name such as "shop.example.com"')
  .max(253, 'a host name of at most 253 characters');

export const seconds = z.int('a whole number of seconds').min(1, 'at least 1 second');
export const count = z.int('a whole number').min(1, 'at least 1');
export const text = z.string().min(1, 'a text');

/** CPU and memory, in Kubernetes' own words: what is reserved and what is the most. */
export const resources = z.strictObject({
  requests: z.strictObject({ cpu: cpuQuantity, memory: byteQuantity }),
  limits: z.strictObject({ cpu: cpuQuantity, memory: byteQuantity }),
});

/** Replicas by tier. A figure is the capacity that holds even when no metric arrives. */
export const perTier = z.strictObject({ low: count, medium: count, high: count });

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
