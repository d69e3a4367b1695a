import type { Problem } from '../model/problem';
import type { Files } from './manifests';

/** A recommended label's first value in a file, in YAML or JSON. */
function labelIn(text: string, label: string): string | undefined {
  return new RegExp(`^\\s*"?app\\.kubernetes\\.io/${label}"?: "?([^\\s",]+)`, 'm').exec(text)?.[1];
}

/** What a folder holds the output of: `shop in shop-production`, by the labels that every object has. */
function outputsIn(files: Files): Map<string, string> {
  return new Map(
    [...files.values()].flatMap((text): [string, string][] => {
      const [system, namespace] = [labelIn(text, 'part-of'), labelIn(text, 'instance')];
      return system === undefined || namespace === undefined ? [] : [[namespace, system]];
    }),
  );
}

/**
 * Two outputs in different namespaces have no object in common: a comparison of them would find nothing to refuse, whatever
 * has changed. A system whose namespace was renamed is such a case too: it starts anew, without its data.
 * @param path where the earlier output was named
 */
export function otherOutput(before: Files, after: Files, path: string): Problem | undefined {
  const [was, is] = [outputsIn(before), outputsIn(after)];
  if (was.size === 0 || is.size === 0 || [...is.keys()].some((namespace) => was.has(namespace))) return undefined;
  const show = (outputs: Map<string, string>): string =>
    [...outputs].map(([namespace, system]) => `${system} in the namespace ${namespace}`).join(' and ');
  return {
    severity: 'error',
    rule: 'other-output',
    path,
    found: `the output of ${show(was)}`,
    wanted: `an earlier output of ${show(is)}: with another one there is nothing to compare`,
  };
}
