/**
 * `make verify`: puts every manifest in front of the programs that will judge it in production.
 * Arguments name judges; none means all. `--from DIR` judges DIR/SYSTEM/ENVIRONMENT/TIER instead of a fresh synthesis.
 */
import { parseArgs } from 'node:util';
import { admission } from './judges/admission';
import { analysers } from './judges/analysers';
import { changes } from './judges/changes';
import { convergence } from './judges/convergence';
import { delivery } from './judges/delivery';
import type { Bench, Judge } from './judges/judge';
import { procedures } from './judges/procedures';
import { programs } from './judges/programs';
import { rbac } from './judges/rbac';
import { scripts } from './judges/scripts';
import { scratchFolder } from './kit/scratch';
import { combinations, type ManifestSet, readSets, type Synthesis, synthesize, title } from './manifests/sets';
import { varyAll } from './manifests/vary';
import { type JudgeReport, Report, type Verdict } from './report';
import { setUp } from './setup';

const JUDGES: Readonly<Record<string, Judge>> = {
  admission,
  analysers,
  rbac,
  scripts,
  programs,
  changes,
  convergence,
  delivery,
  procedures,
};

/** They wait for a cluster of their own most of the time, so they run at once, after the others. */
const WAITING = ['delivery', 'procedures'];

async function main(): Promise<void> {
  const start = Date.now();
  const { values, positionals: chosen } = parseArgs({ options: { from: { type: 'string' } }, allowPositionals: true });
  const unknown = chosen.filter((name) => !(name in JUDGES));
  if (unknown.length > 0)
    throw new Error(`No judge ${unknown.join(', ')}; there are ${Object.keys(JUDGES).join(', ')}`);
  await timed('tools', () => setUp(false));
  const folder = scratchFolder('manifests');
  const report = new Report();
  const { from } = values;
  const syntheses = await timed('manifests', async () =>
    from === undefined ? combinations().map((wanted) => synthesize(wanted, folder)) : readSets(from),
  );
  report.add(synthesisReport(syntheses));
  const sets = syntheses.flatMap(({ set }) => (set === undefined ? [] : [set]));
  const bench = new LazyBench(sets, () => (from === undefined ? varyAll(sets, folder) : []));
  const wanted = Object.keys(JUDGES).filter((name) => chosen.length === 0 || chosen.includes(name));
  for (const name of wanted.filter((judge) => !WAITING.includes(judge))) await judged(JUDGES[name], bench, report);
  await Promise.all(WAITING.filter((name) => wanted.includes(name)).map((name) => judged(JUDGES[name], bench, report)));
  console.log(`everything: ${((Date.now() - start) / 1000).toFixed(1)} s`);
  console.log(report.text());
  process.exitCode = report.failed === 0 ? 0 : 1;
}

/** The variants take half a minute to make, and not every judge asks for them. */
class LazyBench implements Bench {
  #variants: readonly Synthesis[] | undefined;

  constructor(
    readonly sets: readonly ManifestSet[],
    readonly make: () => readonly Synthesis[],
  ) {}

  get variants(): readonly Synthesis[] {
    if (this.#variants === undefined) {
      const start = Date.now();
      this.#variants = this.make();
      console.log(`  ${this.#variants.length} variants: ${((Date.now() - start) / 1000).toFixed(1)} s`);
    }
    return this.#variants;
  }
}

async function judged(judge: Judge | undefined, bench: Bench, report: Report): Promise<void> {
  if (judge === undefined) return;
  const start = Date.now();
  const verdicts = await timed(judge.name, () => judge.run(bench).catch(brokenJudge));
  report.add({ judge: judge.name, programs: judge.programs(), seconds: (Date.now() - start) / 1000, verdicts });
}

/** What is refused cannot be judged, so it counts as a failure here. */
function synthesisReport(syntheses: readonly Synthesis[]): JudgeReport {
  const verdicts = syntheses.map((synthesis) => ({
    subject: title(synthesis),
    checked: synthesis.set?.objects.length ?? 0,
    problems: synthesis.problems,
  }));
  return { judge: 'Synthesis', programs: ['keelson'], seconds: 0, verdicts };
}

/** A judge that breaks has not judged: that is a failure, and the other judges still speak. */
function brokenJudge(error: unknown): Verdict[] {
  const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [{ subject: 'the judge itself', checked: 0, problems: [problem] }];
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  console.log(`${what} …`);
  const result = await work();
  console.log(`${what}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
