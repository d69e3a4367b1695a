/** What is wrong with each copy of a service's pod, and by which words its log has to tell. */
import type { Plan, ServicePlan } from '../lib/model/plan';
import type { Template } from '../test/invariants/manifest';
import { type Copy, copyOf, impatient, inTheNameOf, passwordVariable, withFile, withValue } from './copies';
import type { User } from './users/user';

export interface Fault {
  readonly title: string;
  readonly copy: Copy;
  /** Whose log tells. */
  readonly container: string;
  readonly says: RegExp;
}

/** What a copy waits for another pod, or for the schema: seconds. */
const MOMENT = 3;
/** A refused log-in, in the words of libpq and of a Redis server. */
const REFUSED = { postgres: /password authentication failed/, redis: /invalid username-password pair/ };

/** A service that can have all of these faults. */
export interface Subject {
  readonly service: ServicePlan;
  readonly database: string;
  readonly cache: string;
  /** Another one, which no policy lets into the database. */
  readonly stranger: string;
}

export function subjectOf({ services, stores, arrows }: Plan): Subject | undefined {
  const reached = ({ name }: ServicePlan, kind: string): string | undefined =>
    stores.find(
      (store) =>
        store.kind === kind &&
        arrows.some(({ from, to, why }) => from === name && to.name === store.name && why === 'drawn'),
    )?.name;
  const service = services.find((it) => it.kind === 'web' && it.awaitSchema !== undefined && reached(it, 'redis'));
  const database = service && reached(service, 'postgres');
  const cache = service && reached(service, 'redis');
  const stranger = services.find((it) => reached(it, 'postgres') === undefined)?.name;
  if (!service || !database || !cache || !stranger) return undefined;
  return { service, database, cache, stranger };
}

/** The pod of the service, and where its copies go. */
interface Original {
  readonly template: Template;
  readonly namespace: string;
}

/** The wait for the schema ends in a moment. */
function hasty(copy: Copy, { awaitSchema }: ServicePlan): Copy {
  return impatient(copy, 'await-schema', { from: awaitSchema?.timeoutSeconds ?? 0, to: MOMENT });
}

function wrongPasswords({ service, database, cache }: Subject, { template, namespace }: Original): Fault[] {
  const wrong = (store: string): Copy =>
    withValue(copyOf(template, `copy-${store}`, namespace), passwordVariable(template.spec, store), 'wrong');
  return [
    {
      title: `a wrong password of ${database}`,
      copy: hasty(wrong(database), service),
      container: 'await-schema',
      says: REFUSED.postgres,
    },
    { title: `a wrong password of ${cache}`, copy: wrong(cache), container: service.name, says: REFUSED.redis },
  ];
}

function blockedPort({ service, database, stranger }: Subject, { template, namespace }: Original): Fault {
  const container = `wait-for-${database}`;
  const patience = service.waits.find(({ name }) => name === database)?.timeoutSeconds ?? 0;
  const copy = impatient(copyOf(template, 'copy-port', namespace), container, { from: patience, to: MOMENT });
  const says = new RegExp(`^${database}:\\d+ did not answer within`);
  return { title: `a blocked port of ${database}`, copy: inTheNameOf(copy, stranger), container, says };
}

/** @throws Error where the pod is not made as the Plan says */
export function faultsOf(
  subject: Subject,
  original: Original,
  { nextMigration }: Pick<User, 'nextMigration'>,
): Fault[] {
  const faults = [...wrongPasswords(subject, original), blockedPort(subject, original)];
  if (nextMigration === undefined) return faults;
  const copy = withFile(copyOf(original.template, 'copy-migration', original.namespace), nextMigration);
  return [
    ...faults,
    {
      title: 'a migration that the database does not have',
      copy: hasty(copy, subject.service),
      container: 'await-schema',
      // Nothing else is said: the question was answered.
      says: /^the schema was not ready within [^\n]*\s*$/,
    },
  ];
}
