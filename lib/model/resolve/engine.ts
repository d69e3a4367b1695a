import type { ParsedStore } from '../schema/system';
import type { Context } from './context';

/** The engine of a store here: the environment's word, `external` where all stores are managed, or the system's. */
export function engineOf(context: Context, name: string, store: ParsedStore): string {
  return context.own.stores[name]?.engine ?? (context.environment.managedStores ? 'external' : store.engine);
}
