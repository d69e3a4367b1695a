import type { Plan } from '../model/plan';

/** The services that talk to a part, a database's pooler between them or not: what suffers when it is gone. */
export function clientsOf(plan: Plan, part: string): string[] {
  const store = plan.stores.find(({ name }) => name === part);
  const ends = [part, ...(store?.kind === 'postgres' && store.pooler ? [store.pooler.name] : [])];
  const services = new Set(plan.services.map(({ name }) => name));
  const clients = plan.arrows
    .filter(({ from, to }) => ends.includes(to.name) && services.has(from))
    .map(({ from }) => from);
  return [...new Set(clients)].sort();
}
