import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Exemption, exemptions } from '../../lib/kubernetes/exemptions';
import { inParallel } from '../cluster/parallel';
import { pythonProgram } from '../kit/python';
import { goProgram } from '../kit/tools';
import { describe, type KubernetesObject } from '../manifests/objects';
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
    const folder = mkdtempSync(join(tmpdir(), 'keelson-analysers-'));
    const used = new Set<string>();
    try {
      const chosen = sets.filter(({ tier }) => TIERS.includes(tier));
      const verdicts = await inParallel(chosen, PROCESSES, (set) => analyse(set, folder, used));
      return [...verdicts, unneededExemptions(used)];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function analyse(set: ManifestSet, parent: string, used: Set<string>): Promise<Verdict> {
  const bare = await findings(set.objects.map(withoutExemptions), join(parent, title(set), 'bare'));
  const problems = bare.flatMap((finding) => {
    const exemption = exemptions.find((candidate) => covers(candidate, finding));
    if (exemption === undefined) return [`not exempted: ${text(finding)}`];
    used.add(useOf(exemption, 'kind', finding.object.kind));
    used.add(useOf(exemption, 'component', componentOf(finding.object)));
    return [];
  });
  // The annotations' form is the same everywhere: one environment shows whether the analysers read it.
  if (set.environment === 'production' && set.tier === 'high') {
    const annotated = await findings(set.objects, join(parent, title(set), 'annotated'));
    problems.push(...annotated.map((finding) => `found in spite of annotations: ${text(finding)}`));
  }
  return { subject: title(set), checked: set.objects.length, problems };
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

function covers({ tool, check, kinds, components }: Exemption, finding: Finding): boolean {
  return (
    tool === finding.tool &&
    check === finding.check &&
    kinds.includes(finding.object.kind) &&
    components.includes(componentOf(finding.object))
  );
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

function text({ tool, check, text: words, object }: Finding): string {
  return `${tool} ${check}: ${describe(object)} (${componentOf(object)}): ${words}`;
}
