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
import { type Analyser, checkov, type Finding, kubeScore } from './analyser-programs';
import type { Bench, Judge } from './judge';

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

/** What lies in one environment is analysed together: a start of a program takes seconds, and tiers share most objects. */
function groups(sets: readonly ManifestSet[]): ManifestSet[][] {
  const chosen = sets.filter(({ tier }) => TIERS.includes(tier));
  const names = new Set(chosen.map(({ environment }) => environment));
  return [...names].map((name) => chosen.filter(({ environment }) => environment === name));
}

async function analyse(group: readonly ManifestSet[], parent: string, used: Set<string>): Promise<Verdict[]> {
  const folder = join(parent, group[0]?.environment ?? '');
  const bare = withoutAnnotations(group);
  const found = await findings(bare, join(folder, 'bare'));
  // The annotations' form is the same everywhere: one environment shows whether the analysers read it.
  const annotated = group.filter(({ environment, tier }) => environment === 'production' && tier === 'high');
  const spared = annotated.length > 0 ? await findings(annotated, join(folder, 'annotated')) : [];
  return bare.map((set, index) => ({
    subject: title(set),
    checked: set.objects.length,
    problems: [
      ...unexempted(
        found.filter(({ object }) => set.objects.includes(object)),
        used,
      ),
      ...spared
        .filter(({ object }) => group[index]?.objects.includes(object))
        .map((finding) => `found in spite of annotations: ${text(finding)}`),
    ],
  }));
}

/** Without ours; objects that are equal then are one object. */
function withoutAnnotations(sets: readonly ManifestSet[]): ManifestSet[] {
  const known = new Map<string, KubernetesObject>();
  const only = (object: KubernetesObject): KubernetesObject => {
    const bare = withoutExemptions(object);
    const words = JSON.stringify(bare);
    const equal = known.get(words) ?? bare;
    known.set(words, equal);
    return equal;
  };
  return sets.map((set) => ({ ...set, objects: set.objects.map(only) }));
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

/** kube-score names an object and no file, so it sees one tier at a time, for tiers share names. checkov sees all once. */
async function findings(sets: readonly ManifestSet[], folder: string): Promise<Finding[]> {
  const objects = new Set(sets.flatMap((set) => set.objects));
  const tiers = [...new Set(sets.map(({ tier }) => tier))];
  const all = await Promise.all([
    analysed(checkov, [...objects], join(folder, 'all')),
    ...tiers.map((tier) => {
      const own = sets.filter((set) => set.tier === tier).flatMap((set) => set.objects);
      return analysed(kubeScore, own, join(folder, tier));
    }),
  ]);
  return all.flat();
}

function analysed(analyser: Analyser, objects: readonly KubernetesObject[], folder: string): Promise<Finding[]> {
  mkdirSync(folder, { recursive: true });
  for (const [index, object] of objects.entries()) {
    writeFileSync(join(folder, `${index}.json`), JSON.stringify(object));
  }
  return analyser(folder, objects);
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
