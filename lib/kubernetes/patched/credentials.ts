import { looksLikeCredential } from '../../model/credential';
import type { Problem } from '../../model/problem';
import { at, containersOf, ofPatches, type Patched, podOf, records, text } from './objects';

/** Plain values of an object: variables of its containers, and the data of a ConfigMap. */
function literals({ kind }: Patched, manifest: Patched['after']): [where: string, name: string, value: string][] {
  const variables = containersOf(podOf(manifest)).flatMap((container) =>
    records(container, 'env').flatMap((item): [string, string, string][] => {
      const [name, value] = [text(item, 'name'), text(item, 'value')];
      return name === undefined || value === undefined ? [] : [[`container ${text(container, 'name')}`, name, value]];
    }),
  );
  const data = kind === 'ConfigMap' ? Object.entries(at(manifest, 'data') ?? {}) : [];
  return [...variables, ...data.map(([key, value]): [string, string, string] => ['data', key, String(value)])];
}

/** The output is committed: a password in a patch would be too. What was there without the patch is ours. */
export function credentialProblems(objects: readonly Patched[]): Problem[] {
  return objects
    .filter(({ patches }) => patches.length > 0)
    .flatMap((object) => {
      const known = new Set(literals(object, object.before).map((literal) => literal.join('\n')));
      return literals(object, object.after)
        .filter((literal) => !known.has(literal.join('\n')))
        .filter(([, name, value]) => looksLikeCredential(name, value))
        .map(([where, name]) =>
          ofPatches(
            object,
            'patch-credential',
            `what looks like a credential in ${name}, ${where} of ${object.kind}/${object.name}`,
            'a reference to a Secret: the output is committed in plain text',
          ),
        );
    });
}
