import { applications } from './applications';
import { databases } from './databases';
import { others } from './others';
import type { Proofs } from './proof';
import { queues } from './queues';

export type { Proof } from './proof';

export const proofs: Proofs = { ...applications, ...databases, ...queues, ...others };
