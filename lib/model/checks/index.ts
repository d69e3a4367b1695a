import type { Problem } from '../problem';
import type { Context } from '../resolve/context';
import type { Selection } from '../selection';
import { cacheName } from '../separate-cache';
import { checkArrowFields } from './arrow-fields';
import { checkAtRest } from './at-rest';
import { checkBackup } from './backup';
import { checklist } from './checklist';
import { checkEdge } from './edge';
import { checkEnvironment } from './environment';
import { checkMonitoring } from './monitoring';
import { checkNames, declaredNames } from './names';
import { checkNeighbours } from './neighbours';
import { checkReferences } from './references';
import { checkSeparateCaches, isSaidOfFirst } from './separate-cache';
import { checkServices } from './services';
import { checkStores } from './stores';

export { checklist } from './checklist';

/** The name of the part that a problem's path lies in: `systems/shop.services.web.port` → `web`. */
function partOf({ path }: Problem): string[] {
  const match = /^systems\/[^.]+\.(?:services|stores|tools)\.([^.[]+)/.exec(path);
  return match?.[1] === undefined ? [] : [match[1]];
}

/**
 * Every rule about meaning. All of them run, so that all problems come at once; what would only follow from a mistake in
 * shape that is already said is left out.
 */
export function runChecks(context: Context, selection: Selection): void {
  const broken = context.problems.all.flatMap(partOf);
  const declared = declaredNames(selection, context.separateCaches.map(cacheName), broken);
  checkNames(context, declared);
  checkReferences(context, declared);
  checkArrowFields(context, selection);
  checkServices(context, declared);
  checkStores(context);
  checkSeparateCaches(context);
  checkAtRest(context);
  checkEdge(context);
  checkEnvironment(context, selection);
  checkNeighbours(context, selection);
  checkBackup(context);
  checkMonitoring(context);
  for (const { run } of checklist) run(context, selection);
  context.problems.drop(isSaidOfFirst(context));
}
