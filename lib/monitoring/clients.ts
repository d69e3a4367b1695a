import type { Plan } from '../model/plan';

/** The services that talk to a part: what suffers when it is gone. */
export function clientsOf(plan: Plan, part: string): string[] {
  const services = new Set(plan.services.map(({ name }) => name));
  const clients = plan.arrows.filter(({ from, to }) => to.name === part && services.has(from)).map(({ from }) => from);
  return [...new Set(clients)].sort();
}
