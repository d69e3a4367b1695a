/**
 * `make verify`: puts every manifest in front of the programs that will judge it in production.
 * Arguments name judges; none means all. `--from DIR` judges DIR/SYSTEM/ENVIRONMENT/TIER instead of a fresh synthesis.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { inParallel } from './cluster/parallel';
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
import { GO_PROGRAMS, JUDGE_PROGRAMS } from './kit/tools';
import { combinations, type ManifestSet, readSets, type Synthesis, synthesize, title } from './manifests/sets';
import { varyBeside } from './manifests/vary-beside';
import { type JudgeReport, Report, type Verdict } from './report';
import { setUp } from './setup';

/** What judges the manifests themselves, the longest first. */
const OF_MANIFESTS: Readonly<Record<string, Judge>> = {
  convergence,
  changes,
  delivery,
  procedures,
  analysers,
  admission,
  rbac,
  scripts,
};
const JUDGES: Readonly<Record<string, Judge>> = { ...OF_MANIFESTS, programs };

/** Linux counts so on every architecture. */
const TICKS_PER_SECOND = 100;

/** One more than a small machine has cores: each waits for its servers now and then. */
const JUDGES_AT_ONCE = 3;

async function main(): Promise<void> {
  const start = Date.now();
  const { values, positionals: chosen } = parseArgs({ options: { from: { type: 'string' } }, allowPositionals: true });
  const unknown = chosen.filter((name) => !(name in JUDGES));
  if (unknown.length > 0)
    throw new Error(`No judge ${unknown.join(', ')}; there are ${Object.keys(JUDGES).join(', ')}`);
  const suites = chosen.length === 0 || chosen.includes('programs');
  await timed('tools', () => setUp(suites ? GO_PROGRAMS : JUDGE_PROGRAMS));
  const folder = scratchFolder('manifests');
  const report = new Report();
  const { from } = values;
  const syntheses = await timed('manifests', async () =>
    from === undefined ? combinations().map((wanted) => synthesize(wanted, folder)) : readSets(from),
  );
  report.add(synthesisReport(syntheses));
  const sets = syntheses.flatMap(({ set }) => (set === undefined ? [] : [set]));
  const bench = benchOf(sets, from === undefined ? (some) => varyBeside(some, folder) : async () => []);
  const judge = async (name: string) => judged(JUDGES[name], bench, report);
  const wanted = Object.keys(JUDGES).filter((name) => chosen.length === 0 || chosen.includes(name));
  const ofManifests = wanted.filter((name) => name in OF_MANIFESTS);
  await inParallel(ofManifests, JUDGES_AT_ONCE, judge);
  if (ofManifests.length > 0) report.time('the judges of the manifests, side by side', secondsSince(start));
  for (const name of wanted.filter((other) => !ofManifests.includes(other))) await judge(name);
  report.time('everything', secondsSince(start));
  report.time('processor time of everything', processorSeconds());
  console.log(report.text());
  process.exitCode = report.failed === 0 ? 0 : 1;
}

/** The variants take half a minute to make, and not every judge asks for them. */
function benchOf(
  sets: readonly ManifestSet[],
  make: (sets: readonly ManifestSet[]) => Promise<readonly Synthesis[]>,
): Bench {
  let made: Promise<readonly Synthesis[]> | undefined;
  const variants = (): Promise<readonly Synthesis[]> => {
    made ??= timed('variants', () => make(sets));
    return made;
  };
  return { sets, variants };
}

async function judged(judge: Judge | undefined, bench: Bench, report: Report): Promise<void> {
  if (judge === undefined) return;
  const start = Date.now();
  const verdicts = await timed(judge.name, () => judge.run(bench).catch(brokenJudge));
  report.add({ judge: judge.name, programs: judge.programs(), seconds: secondsSince(start), verdicts });
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
  console.log(`${what}: ${secondsSince(start).toFixed(1)} s`);
  return result;
}

function secondsSince(start: number): number {
  return (Date.now() - start) / 1000;
}

/** Of this process and of every program and server that it started and that has ended: what other work beside does not lengthen. */
function processorSeconds(): number {
  const ofProcess = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return ofProcess.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
