import { basename, join } from 'node:path';
import type { Exemption } from '../../lib/kubernetes/exemptions';
import { run } from '../kit/command';
import { pythonProgram } from '../kit/python';
import { goProgram } from '../kit/tools';
import { at, type KubernetesObject } from '../manifests/objects';

/** Something an analyser does not like about an object. */
export interface Finding {
  tool: Exemption['tool'];
  check: string;
  text: string;
  object: KubernetesObject;
}

/** Analyses a folder with one object per file, named by its index, so that a finding's file tells its object. */
export type Analyser = (folder: string, objects: readonly KubernetesObject[]) => Promise<Finding[]>;

/** From the grade on at which kube-score has nothing to say. */
const PERFECT = 10;
const OLDEST_RELEASE = 'v1.28';

export const kubeScore: Analyser = async (folder, objects) => {
  const files = objects.map((_, index) => join(folder, `${index}.json`));
  const args = ['score', '--output-format', 'json', '--kubernetes-version', OLDEST_RELEASE, ...files];
  const scored = await json(goProgram('kube-score').path, args);
  const byName = new Map(objects.map((object) => [scoredName(object), object]));
  return array(scored).flatMap((entry) => {
    const object = byName.get(String(at(entry, 'object_name')));
    if (object === undefined) throw new Error(`kube-score speaks of an unknown object ${at(entry, 'object_name')}`);
    return array(at(entry, 'checks'))
      .filter((check) => at(check, 'skipped') !== true && Number(at(check, 'grade')) < PERFECT)
      .map((check): Finding => {
        const [comment] = array(at(check, 'comments'));
        const text = `${at(comment, 'path') ?? ''} ${at(comment, 'summary') ?? ''}`.trim();
        return { tool: 'kube-score', check: String(at(check, 'check', 'id')), text, object };
      });
  });
};

function scoredName({ apiVersion, kind, metadata }: KubernetesObject): string {
  return [kind, apiVersion, ...(metadata.namespace === undefined ? [] : [metadata.namespace]), metadata.name].join('/');
}

export const checkov: Analyser = async (folder, objects) => {
  const args = ['-d', folder, '--framework', 'kubernetes', '--skip-download', '--compact', '--quiet', '-o', 'json'];
  const reports = await json(pythonProgram('checkov').path, args);
  return (Array.isArray(reports) ? reports : [reports])
    .flatMap((report) => array(at(report, 'results', 'failed_checks')))
    .map((failed): Finding => {
      const object = objects[Number(basename(String(at(failed, 'file_path')), '.json'))];
      if (object === undefined) throw new Error(`checkov speaks of an unknown file ${at(failed, 'file_path')}`);
      return {
        tool: 'checkov',
        check: String(at(failed, 'check_id')),
        text: String(at(failed, 'check_name')),
        object,
      };
    });
};

/** Both end with 1 when they find something; without JSON they have not judged. */
async function json(program: string, args: readonly string[]): Promise<unknown> {
  const { stdout, stderr, status } = await run(program, args, { timeoutSeconds: 300 });
  try {
    return JSON.parse(stdout) as unknown;
  } catch (cause) {
    throw new Error(`${basename(program)} ended with ${status} and no report: ${stderr.slice(-1000)}`, { cause });
  }
}

function array(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
