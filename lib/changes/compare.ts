import type { Problem } from '../model/problem';
import { differing, type Files, identity, type Manifest, unreadableIn } from './manifests';
import type { Refusal } from './refusal';
import { rules } from './rules';
import { isStore } from './stores';

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

/** A store that is gone leaves its data behind: nothing moves it. */
function leftBehind({ file, kind, name }: Manifest): Problem {
  return {
    severity: 'warning',
    rule: 'store-removed',
    path: `${file} ${kind}/${name}`,
    found: 'a store that is no longer there, while its data stays on its claims',
    wanted: `its data to be moved or deleted by hand: ${page}#removing-or-moving-a-store`,
  };
}

/**
 * What Kubernetes would refuse if `after` were applied where `before` runs. An object that is new, or in another
 * namespace, is no change.
 */
export function compareFiles(before: Files, after: Files): Problem[] {
  // An old file that cannot be read would let every change pass.
  const unreadable = unreadableIn(before, after);
  if (unreadable.length) return unreadable;
  const changed = differing(before, after);
  if (changed.length === 0) return [];
  const next = new Map(differing(after, before).map((manifest) => [identity(manifest), manifest]));
  return changed.flatMap((was) => {
    const is = next.get(identity(was));
    if (is === undefined) return isStore(was) ? [leftBehind(was)] : [];
    return rules.flatMap((rule) => rule(was, is)).map((refusal) => problem(is, refusal));
  });
}
