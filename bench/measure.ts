import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { readFiles } from '../cli/output-folder';
import { parseFile } from '../lib/changes';
import { projectOf } from './generate';
import { type Phase, phases } from './phases';

const project = resolve(__dirname, '..');

/** One size: the best of several runs, because everything else on the machine only ever adds. */
export interface Measurement {
  readonly services: number;
  /** Whole process of `keelson synth`, seconds. */
  readonly seconds: number;
  /** Peak memory of that process, MiB. */
  readonly memory: number;
  readonly objects: number;
  /** MiB of YAML. */
  readonly size: number;
  /** Seconds of CPU by phase, of a process that does nothing else. */
  readonly phases: Readonly<Record<Phase, number>>;
}

interface Run {
  readonly seconds: number;
  readonly memory: number;
}

function synthOnce(root: string, out: string): Run {
  const peak = join(root, 'peak');
  const args = [
    '--require',
    join(project, 'bench', 'peak.cjs'),
    join(project, 'bin', 'keelson.mjs'),
    'synth',
    'bench',
    'production',
    '--out',
    out,
  ];
  const start = performance.now();
  execFileSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, KEELSON_BENCH_PEAK: peak },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return { seconds: (performance.now() - start) / 1000, memory: Number(readFileSync(peak, 'utf8')) / 1024 };
}

function phasesOnce(root: string, out: string): Record<Phase, number> {
  const args = ['--import', 'tsx', join(project, 'bench', 'phases.ts'), root, out];
  const times = JSON.parse(execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' })) as Record<
    Phase,
    number
  >;
  return times;
}

function best(values: readonly number[]): number {
  return Math.min(...values);
}

/** Measures a generated system of this many services. */
export function measure(services: number, runs: number): Measurement {
  const root = projectOf(services, join(project, 'environments'));
  try {
    const whole = Array.from({ length: runs }, (_, index) => synthOnce(root, `out-${index}`));
    const split = Array.from({ length: runs }, (_, index) => phasesOnce(root, join(root, `phases-${index}`)));
    const files = readFiles(join(root, 'out-0'));
    const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    return {
      services,
      seconds: best(whole.map(({ seconds }) => seconds)),
      memory: best(whole.map(({ memory }) => memory)),
      objects: [...files].flatMap(([file, text]) => parseFile(file, text)).length,
      size: bytes / 1024 / 1024,
      phases: Object.fromEntries(phases.map((phase) => [phase, best(split.map((times) => times[phase]))])) as Record<
        Phase,
        number
      >,
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
