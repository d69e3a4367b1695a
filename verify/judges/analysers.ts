import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { covers, type Exemption, exemptions } from '../../lib/kubernetes/exemptions';
import { inParallel } from '../cluster/parallel';
import { pythonProgram } from '../kit/python';
import { scratchFolder } from '../kit/scratch';
import { goProgram } from '../kit/tools';
import type { KubernetesObject } from '../manifests/objects';
import { type ManifestSet, title } from '../manifests/sets';
import type { Verdict } from '../report';
import { checkov, kubeScore } from './analyser-programs';
import type { Bench, Judge } from './judge';

/** Something an analyser does not like about an object. */
export interface Finding {
  tool: Exemption['tool'];
  check: string;
  text: string;
  object: KubernetesObject;
}

/** Writes one object per file into a folder, so that a finding's file tells its object, and analyses it. */
export type Analyser = (folder: string, objects: readonly KubernetesObject[]) => Promise<Finding[]>;

const ANALYSERS: readonly Analyser[] = [kubeScore, checkov];
const TIERS = ['low', 'high'];
const PROCESSES = 2;

/**
 * kube-score and checkov, twice. As the manifests are, they find nothing. Without our annotations they find exactly
 * what the list of exemptions says: nothing that is not on it, and every entry of it somewhere.
 */
export const analysers: Judge = {
  name: 'Analysers',
  programs: () => [`kube-score ${goProgram('kube-score').version}`, `checkov ${pythonProgram('checkov').version}`],
  run: async ({ sets }: Bench) => {
    const folder = scratchFolder('analysers');
    const used = new Set<string>();
    const verdicts = await inParallel(groups(sets), PROCESSES, (group) => analyse(group, folder, used));
    return [...verdicts.flat(), unneededExemptions(used)];
  },
};

/** Systems are analysed together, for a start of a program takes seconds; never two tiers, for they share names. */
function groups(sets: readonly ManifestSet[]): ManifestSet[][] {
  const chosen = sets.filter(({ tier }) => TIERS.includes(tier));
  const names = new Set(chosen.map(groupName));
  return [...names].map((name) => chosen.filter((set) => groupName(set) === name));
}

function groupName({ environment, tier }: ManifestSet): string {
  return `${environment}-${tier}`;
}

async function analyse(group: readonly ManifestSet[], parent: string, used: Set<string>): Promise<Verdict[]> {
  const [first] = group;
  if (first === undefined) return [];
  const folder = join(parent, groupName(first));
  const bare = group.map((set) => ({ ...set, objects: set.objects.map(withoutExemptions) }));
  const found = await findings(
    bare.flatMap(({ objects }) => objects),
    join(folder, 'bare'),
  );
  // The annotations' form is the same everywhere: one environment shows whether the analysers read it.
  const isAnnotated = first.environment === 'production' && first.tier === 'high';
  const annotated = isAnnotated
    ? await findings(
        group.flatMap(({ objects }) => objects),
        join(folder, 'annotated'),
      )
    : [];
  return bare.map((set, index) => ({
    subject: title(set),
    checked: set.objects.length,
    problems: [
      ...unexempted(
        found.filter(({ object }) => set.objects.includes(object)),
        used,
      ),
      ...annotated
        .filter(({ object }) => group[index]?.objects.includes(object))
        .map((finding) => `found in spite of annotations: ${text(finding)}`),
    ],
  }));
}

function unexempted(found: readonly Finding[], used: Set<string>): string[] {
  return found.flatMap((finding) => {
    const exemption = exemptions.find(
      (candidate) =>
        candidate.tool === finding.tool && candidate.check === finding.check && covers(candidate, finding.object),
    );
    if (exemption === undefined) return [`not exempted: ${text(finding)}`];
    used.add(useOf(exemption, 'kind', finding.object.kind));
    used.add(useOf(exemption, 'component', componentOf(finding.object)));
    return [];
  });
}

async function findings(objects: readonly KubernetesObject[], folder: string): Promise<Finding[]> {
  mkdirSync(folder, { recursive: true });
  for (const [index, object] of objects.entries()) {
    writeFileSync(join(folder, `${index}.json`), JSON.stringify(object));
  }
  const all = await Promise.all(ANALYSERS.map((analyser) => analyser(folder, objects)));
  return all.flat();
}

function withoutExemptions(object: KubernetesObject): KubernetesObject {
  const annotations = Object.entries(object.metadata.annotations ?? {}).filter(
    ([name]) => name !== 'kube-score/ignore' && !name.startsWith('checkov.io/skip'),
  );
  return { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(annotations) } };
}

function unneededExemptions(used: ReadonlySet<string>): Verdict {
  const problems = exemptions.flatMap((exemption) => {
    const unused = [
      ...exemption.kinds.filter((kind) => !used.has(useOf(exemption, 'kind', kind))),
      ...exemption.components.filter((component) => !used.has(useOf(exemption, 'component', component))),
    ];
    return unused.map((name) => `${exemption.tool} ${exemption.check} is exempted for ${name}, which does not need it`);
  });
  return { subject: 'every exemption is needed', checked: exemptions.length, problems };
}

function useOf(exemption: Exemption, what: string, name: string): string {
  return `${exemptions.indexOf(exemption)} ${what} ${name}`;
}

function componentOf({ metadata }: KubernetesObject): string {
  return metadata.labels?.['app.kubernetes.io/component'] ?? '';
}

/** Without namespace and hash, so that the report shows once what many systems have. */
function text({ tool, check, text: words, object }: Finding): string {
  const name = object.metadata.name.replace(/-[0-9a-f]{8}$/, '');
  return `${tool} ${check}: ${object.kind} ${name} (component ${componentOf(object)}): ${words}`;
}
