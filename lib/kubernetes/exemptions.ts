import type { Manifest } from './patches';

/**
 * What an analyser finds that we keep, and why. The only list of its kind: it becomes the analysers' own annotations on
 * the objects it names, `keelson report` prints it, and `make verify` fails on a finding that is not here and on an entry
 * that no object needs any more.
 */
export interface Exemption {
  readonly tool: 'kube-score' | 'checkov';
  readonly check: string;
  /** The objects it holds for. */
  readonly kinds: readonly string[];
  readonly components: readonly string[];
  readonly reason: string;
}

export const exemptions: readonly Exemption[] = [];

function componentOf(manifest: Manifest): string {
  const meta = manifest['metadata'] as { labels?: Record<string, string> };
  return meta.labels?.['app.kubernetes.io/component'] ?? '';
}

/** The exemptions that hold for an object. */
export function exemptionsFor(manifest: Manifest): readonly Exemption[] {
  const component = componentOf(manifest);
  return exemptions.filter(
    ({ kinds, components }) => kinds.includes(String(manifest['kind'])) && components.includes(component),
  );
}

/** The object with its exemptions as annotations, in the form each analyser reads. */
export function annotateExemptions(manifest: Manifest): Manifest {
  const found = exemptionsFor(manifest);
  if (found.length === 0) return manifest;
  const meta = manifest['metadata'] as { annotations?: Record<string, string> };
  const score = found.filter(({ tool }) => tool === 'kube-score').map(({ check }) => check);
  const skips = found
    .filter(({ tool }) => tool === 'checkov')
    .map(({ check, reason }, index) => [`checkov.io/skip${index + 1}`, `${check}=${reason}`] as const);
  const annotations = {
    ...meta.annotations,
    ...(score.length ? { 'kube-score/ignore': score.join(',') } : {}),
    ...Object.fromEntries(skips),
  };
  return { ...manifest, metadata: { ...meta, annotations } };
}
