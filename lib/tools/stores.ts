import type { k8s } from 'cdk8s-plus-28';
import type { Plan, PostgresPlan, RedisPlan, StorePlan, ToolPlan } from '../model/plan';

/** Where the password of a store lies in a tool's init container. */
export interface StoreAccess<S extends StorePlan> {
  readonly store: S;
  readonly user: string;
  readonly secret: string;
  readonly passwordFile: string;
}

const folder = '/run/stores';

function access<S extends StorePlan>(store: S, user: string, secret: string): StoreAccess<S> {
  return { store, user, secret, passwordFile: `${folder}/${store.name}/password` };
}

function shown(plan: Pick<Plan, 'stores'>, tool: ToolPlan): readonly StorePlan[] {
  return plan.stores.filter(({ name }) => tool.stores.includes(name));
}

/**
 * The databases that a tool shows, each as the role that owns the schema: what the application's own migrations may do,
 * and never the superuser.
 */
export function databaseAccess(plan: Pick<Plan, 'stores'>, tool: ToolPlan): readonly StoreAccess<PostgresPlan>[] {
  return shown(plan, tool).flatMap((store) => {
    if (store.kind !== 'postgres') return [];
    const role = store.roles.find(({ owner }) => owner);
    return role === undefined ? [] : [access(store, role.name, role.secret)];
  });
}

/** The Redis servers that a tool shows. Redis has one user. */
export function cacheAccess(plan: Pick<Plan, 'stores'>, tool: ToolPlan): readonly StoreAccess<RedisPlan>[] {
  return shown(plan, tool).flatMap((store) => (store.kind === 'redis' ? [access(store, 'default', store.secret)] : []));
}

function volumeName(store: StorePlan): string {
  return `store-${store.name}`;
}

/** The Secrets with the passwords, one volume each. */
export function accessVolumes(list: readonly StoreAccess<StorePlan>[]): k8s.Volume[] {
  return list.map(({ store, secret }) => ({
    name: volumeName(store),
    secret: { secretName: secret, items: [{ key: 'password', path: 'password' }], defaultMode: 0o440 },
  }));
}

export function accessMounts(list: readonly StoreAccess<StorePlan>[]): k8s.VolumeMount[] {
  return list.map(({ store }) => ({
    name: volumeName(store),
    mountPath: `${folder}/${store.name}`,
    readOnly: true,
  }));
}
