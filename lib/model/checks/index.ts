import type { Selection } from '../resolve';
import type { Context } from '../resolve/context';
import { checklist } from './checklist';
import { checkEdge } from './edge';
import { checkEnvironment } from './environment';
import { checkNames, declaredNames } from './names';
import { checkReferences } from './references';
import { checkServices } from './services';
import { checkStores } from './stores';

export { checklist } from './checklist';

/** Every rule about meaning. All of them run, so that all problems come at once. */
export function runChecks(context: Context, selection: Selection): void {
  const declared = declaredNames(selection);
  checkNames(context, declared);
  checkReferences(context, declared);
  checkServices(context);
  checkStores(context);
  checkEdge(context, declared);
  checkEnvironment(context, selection);
  for (const { run } of checklist) run(context, selection);
}
