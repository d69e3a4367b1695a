/** Objects that the new output no longer has, and that its prune command does not remove. */
import type { Problem } from '../model/problem';
import { groupOf, isCustom, type Manifest } from './manifests';
import { isStore } from './stores';

const page = 'docs/procedures.md';

/** How an object of a kind is deleted; every other one by itself, once what replaces it is there. */
const deletions: Readonly<Record<string, { readonly when: string; readonly flags: string }>> = {
  // The autoscaler that KEDA made goes with it, and has the name of the one that the new output brings.
  ScaledObject: { when: 'before the new output is applied', flags: ' --cascade=foreground' },
  // The Secret belongs to it, and is still needed.
  ExternalSecret: { when: 'once the new output is applied', flags: ' --cascade=orphan' },
  SealedSecret: { when: 'once the new output is applied', flags: ' --cascade=orphan' },
};
const usual = { when: 'once the new output is applied', flags: '' };

function store({ file, kind, name }: Manifest): Problem {
  return {
    severity: 'warning',
    rule: 'store-removed',
    path: `${file} ${kind}/${name}`,
    found: 'a store that is no longer there, while its data stays on its claims',
    wanted: `its data to be moved or deleted by hand: ${page}#removing-or-moving-a-store`,
  };
}

/** One warning for all objects of a kind in a namespace, with the command that deletes them. */
function kindLeft(manifests: readonly [Manifest, ...Manifest[]]): Problem {
  const [{ file, apiVersion, kind, namespace }] = manifests;
  const { when, flags } = deletions[kind] ?? usual;
  const names = manifests.map(({ name }) => name).join(' ');
  const resource = `${kind.toLowerCase()}.${groupOf(apiVersion)}`;
  const command = `kubectl --namespace ${namespace} delete ${resource} ${names} --ignore-not-found${flags}`;
  return {
    severity: 'warning',
    rule: 'left-behind',
    path: `${file} ${kind}`,
    found: `${names.replaceAll(' ', ', ')}, which the new output no longer has and its prune command does not remove`,
    wanted: `it deleted ${when} (${page}#leaving-an-add-on): ${command}`,
  };
}

function grouped(manifests: readonly Manifest[]): (readonly [Manifest, ...Manifest[]])[] {
  const groups = new Map<string, [Manifest, ...Manifest[]]>();
  for (const manifest of manifests) {
    const place = [groupOf(manifest.apiVersion), manifest.kind, manifest.namespace].join('/');
    const group = groups.get(place);
    if (group === undefined) groups.set(place, [manifest]);
    else group.push(manifest);
  }
  return [...groups.values()];
}

/** @param pruned `group/version/kind` of what the new output's prune command removes, beside Kubernetes' own kinds */
export function leftBehind(gone: readonly Manifest[], pruned: readonly string[]): Problem[] {
  const kinds = new Set(
    pruned.map((name) => {
      const [group, , kind] = name.split('/');
      return `${group}/${kind}`;
    }),
  );
  const stores = gone.filter(isStore);
  const others = gone.filter(
    (manifest) =>
      isCustom(manifest.apiVersion) &&
      !isStore(manifest) &&
      !kinds.has(`${groupOf(manifest.apiVersion)}/${manifest.kind}`),
  );
  return [...stores.map(store), ...grouped(others).map(kindLeft)];
}
