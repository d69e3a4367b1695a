import { applications } from './applications';
import { databases } from './databases';
import { others } from './others';
import type { Proofs } from './proof';
import { rabbitmq } from './rabbitmq';
import { redis } from './redis';

export type { Proof } from './proof';

export const proofs: Proofs = { ...applications, ...databases, ...rabbitmq, ...redis, ...others };
