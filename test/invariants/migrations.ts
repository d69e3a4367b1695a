/** Nothing runs on a schema that is not there. */
import { awaitSchemaScript } from '../../lib/application';
import type { MigrationPlan, Plan } from '../../lib/model/plan';
import { type Check, type Invariants, some, unless } from './invariant';
import type { Container } from './manifest';
import type { ObjectSet, Workload } from './objects';

/** By database: the migration that makes its schema. It reaches the stores of its service; the schema is its owner's. */
function migrationsByStore(plan: Plan): Map<string, MigrationPlan> {
  const migrations = plan.services.flatMap(({ migration }) => (migration ? [migration] : []));
  return new Map(
    plan.arrows.flatMap(({ from, to, why }): [string, MigrationPlan][] => {
      const migration = migrations.find(({ name }) => name === from);
      const store = plan.stores.find(({ name, kind }) => name === to.name && kind === 'postgres');
      return why === 'migration' && migration && store ? [[store.name, migration]] : [];
    }),
  );
}

/** Whether a container asks for a schema: in the image of the migration, by its command, with an end. */
function asks({ image, command = [] }: Container, migration: MigrationPlan): boolean {
  const [shell, flag, script, , limit, ...asked] = command;
  return (
    image === migration.image &&
    shell === '/bin/sh' &&
    flag === '-c' &&
    script === awaitSchemaScript &&
    Number(limit) === migration.timeoutSeconds &&
    asked.join() === migration.ready.join()
  );
}

/** The services that talk to a database whose schema somebody migrates, by their arrows. */
function users(objects: ObjectSet, plan: Plan): { workload: Workload; store: string; migration: MigrationPlan }[] {
  const migrations = migrationsByStore(plan);
  const drawn = plan.arrows.filter(({ why }) => why === 'drawn');
  return objects.workloads.flatMap((workload) =>
    drawn.flatMap(({ from, to }) => {
      const migration = migrations.get(to.name);
      return from === workload.name && migration ? [{ workload, store: to.name, migration }] : [];
    }),
  );
}

const waits: Check = (objects, plan) =>
  users(objects, plan).flatMap(({ workload: { at, pod }, store, migration }) =>
    unless(
      (pod.initContainers ?? []).some((container) => asks(container, migration)),
      `${at}: does not wait for the schema of ${store}, which ${migration.name} makes`,
    ),
  );

const runs: Check = (objects, plan) =>
  [...migrationsByStore(plan).values()].flatMap(({ name }) =>
    unless(
      objects.workloadsOf('Job').filter((job) => job.name === name).length === 1,
      `${name}: is not exactly one Job`,
    ),
  );

/** A pod logs in with the role of its own image and no other. */
const ownRole: Check = (objects, plan) =>
  users(objects, plan).flatMap(({ workload: { at, name, pod }, store }) => {
    const image = plan.services.find((service) => service.name === name)?.image;
    const secrets = [...(pod.initContainers ?? []), ...pod.containers].flatMap(({ env = [] }) =>
      env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []),
    );
    const roles = plan.stores.flatMap((one) => (one.kind === 'postgres' && one.name === store ? one.roles : []));
    const own = plan.services.filter((service) => service.image === image).map((service) => service.name);
    const used = roles.filter(({ secret }) => secrets.includes(secret)).map(({ secret }) => secret);
    const foreign = used.filter((secret) => {
      const by = plan.secrets.find((one) => one.name === secret)?.usedBy ?? [];
      return !own.some((service) => by.includes(service));
    });
    return unless(used.length === 1 && foreign.length === 0, `${at}: logs in to ${store} as ${used.join(' and ')}`);
  });

/** The first container that asks, of a pod whose own image is another one than the migration's. */
function otherAsker(objects: ObjectSet, plan: Plan): { pod: Workload['pod']; container: Container } {
  const foreign = users(objects, plan).filter(({ workload, migration }) =>
    workload.pod.containers.every(({ image }) => image !== migration.image),
  );
  const { workload, migration } = some(foreign);
  return {
    pod: workload.pod,
    container: some((workload.pod.initContainers ?? []).filter((container) => asks(container, migration))),
  };
}

export const migrationInvariants: Invariants = {
  'every pod that uses a migrated database waits for its schema, whatever its image': {
    check: waits,
    broken: {
      'no wait in a pod of another image': (objects, plan) => {
        const { pod, container } = otherAsker(objects, plan);
        pod.initContainers = (pod.initContainers ?? []).filter((one) => one !== container);
      },
      'a wait in its own image, which knows no migration': (objects, plan) => {
        const { pod, container } = otherAsker(objects, plan);
        container.image = some(pod.containers).image;
      },
      'a wait without an end': (objects, plan) => {
        const { container } = otherAsker(objects, plan);
        container.command = ['sh', '-c', 'until migrate --check; do sleep 1; done'];
      },
      'a wait for something else': (objects, plan) => {
        const { container } = otherAsker(objects, plan);
        container.command = [...(container.command ?? []).slice(0, 5), 'true'];
      },
    },
  },

  'every migration is one Job': {
    check: runs,
    broken: {
      'no Job': (objects) => {
        for (const job of objects.ofKind('Job')) job.kind = 'CronJob';
      },
    },
  },

  'a pod logs in to a database as the role of its own image, in its waits too': {
    check: ownRole,
    broken: {
      "the owner's role in the pod of another image": (objects, plan) => {
        const { container } = otherAsker(objects, plan);
        const owner = some(plan.stores.flatMap((store) => (store.kind === 'postgres' ? store.roles : [])));
        container.env = [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: owner.secret, key: 'password' } } }];
      },
    },
  },
};
