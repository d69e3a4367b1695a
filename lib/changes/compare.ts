import type { Problem } from '../model/problem';
import { leftBehind } from './left-behind';
import { differing, type Files, identity, type Manifest, unreadableIn } from './manifests';
import type { Refusal } from './refusal';
import { rules } from './rules';

const page = 'docs/procedures.md';

function problem(manifest: Manifest, refusal: Refusal): Problem {
  const { severity, rule, field, before, after, procedure } = refusal;
  return {
    severity,
    rule,
    path: [`${manifest.file} ${manifest.kind}/${manifest.name}`, field].filter((part) => part !== '').join(' '),
    found: `${after} in place of ${before}`,
    wanted: `a change that a running cluster takes; ${page}#${procedure} says how this one is made`,
  };
}

/**
 * What Kubernetes would refuse if `after` were applied where `before` runs, and what would be left there. An object that is
 * new, or in another namespace, is no change.
 * @param pruned the kinds of the prune command of `after`: those of add-ons that it does not name are left behind
 */
export function compareFiles(before: Files, after: Files, pruned: readonly string[] = []): Problem[] {
  // An old file that cannot be read would let every change pass.
  const unreadable = unreadableIn(before, after);
  if (unreadable.length) return unreadable;
  const changed = differing(before, after);
  if (changed.length === 0) return [];
  const next = new Map(differing(after, before).map((manifest) => [identity(manifest), manifest]));
  const refused = changed.flatMap((was) => {
    const is = next.get(identity(was));
    return is === undefined ? [] : rules.flatMap((rule) => rule(was, is)).map((refusal) => problem(is, refusal));
  });
  const gone = changed.filter((was) => !next.has(identity(was)));
  return [...refused, ...leftBehind(gone, pruned)];
}
