import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inParallel } from '../cluster/parallel';
import { run } from '../kit/command';
import type { Verdict } from '../report';
import type { Judge } from './judge';

const VERIFY = join(__dirname, '..');
/** A deadline for what hangs: the longest suite takes six on a quiet machine. */
const MINUTES = 20;
/** They wait for their programs most of the time. */
const SUITES_AT_ONCE = 2;
/** What measures rates and seconds has the machine to itself. */
const QUIET = ['nginx'];

/** What a component's folder here does with the real program: `verify/redis/run.ts` starts a Redis, and so on. */
export const programs: Judge = {
  name: 'Components in their own programs',
  programs: suites,
  run: async () => {
    const all = suites();
    const others = all.filter((suite) => !QUIET.includes(suite));
    const verdicts = await inParallel(others, SUITES_AT_ONCE, judgeSuite);
    for (const suite of all.filter((name) => QUIET.includes(name))) verdicts.push(await judgeSuite(suite));
    return verdicts;
  },
};

function suites(): string[] {
  return readdirSync(VERIFY).filter((name) => existsSync(join(VERIFY, name, 'run.ts')));
}

/** A suite ends with 1 when a check failed, and prints a line that begins with `ok` for each one that did not. */
async function judgeSuite(suite: string): Promise<Verdict> {
  const start = Date.now();
  console.log(`  ${suite} …`);
  const args = ['--import', 'tsx', join(VERIFY, suite, 'run.ts')];
  const options = { timeoutSeconds: MINUTES * 60, endsWithThisRun: true };
  const { status, stdout, stderr } = await run(process.execPath, args, options);
  const lines = stdout.split('\n');
  const checked = lines.filter((line) => /^\s*ok\b/.test(line)).length;
  const failed = lines.filter((line) => /^\s*FAIL\b/.test(line));
  const note = `${suite}: ${checked} checks, ${((Date.now() - start) / 1000).toFixed(1)} s`;
  console.log(`  ${note}`);
  return {
    subject: suite,
    checked,
    problems: status === 0 ? [] : [...failed, stderr.trim() || `${suite} ended with ${status}`],
    notes: [note],
  };
}
