import { serviceWaitSeconds, storeWaitSeconds } from '../defaults';
import type { StorePlan, WaitPlan } from '../plan';
import type { ParsedService } from '../schema/system';
import { credentials, placeOf, type Way } from './connection';
import type { Context } from './context';

/** Waits for a store: for its port, or for a log-in where nothing else in the pod proves the role. */
function storeWait(store: StorePlan, service: ParsedService, proveLogin: boolean, way: Way): WaitPlan {
  const base = {
    name: store.name,
    ...placeOf(store, way),
    timeoutSeconds: storeWaitSeconds,
    atTimeout: 'fail',
  } as const;
  if (store.kind !== 'postgres' || !proveLogin) return { ...base, login: undefined };
  const { user, secret } = credentials(store, service);
  return {
    ...base,
    login: { image: store.image, database: store.database, user, secret, tls: store.tls },
  };
}

/**
 * The waits for the stores of a service.
 * @param proven stores for which a `ready` command in the same pod proves the log-in
 */
export function storeWaits(
  service: ParsedService,
  stores: ReadonlyMap<string, StorePlan>,
  proven: ReadonlySet<string>,
  way: Way = 'usual',
): WaitPlan[] {
  return Object.entries(service.arrows).flatMap(([target, { wait }]) => {
    const store = stores.get(target);
    return store !== undefined && wait ? [storeWait(store, service, !proven.has(target), way)] : [];
  });
}

/** The waits for other services: never along a cycle, where each would wait for the other. */
export function serviceWaits(
  context: Context,
  name: string,
  service: ParsedService,
  cycleOf: ReadonlyMap<string, number>,
): WaitPlan[] {
  return Object.entries(service.arrows).flatMap(([target, arrow]): WaitPlan[] => {
    const ports = context.services.get(target)?.ports ?? {};
    const port = arrow.port === undefined ? Object.values(ports)[0] : ports[arrow.port];
    if (!arrow.wait || port === undefined || cycleOf.get(target) === cycleOf.get(name)) return [];
    return [
      { name: target, host: target, port, timeoutSeconds: serviceWaitSeconds, atTimeout: 'go-on', login: undefined },
    ];
  });
}
