import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../kit/command';
import type { Verdict } from '../report';
import type { Judge } from './judge';

const VERIFY = join(__dirname, '..');
/** A deadline for what hangs: the longest suite takes six on a quiet machine. */
const MINUTES = 20;

/** What a component's folder here does with the real program: `verify/redis/run.ts` starts a Redis, and so on. */
export const programs: Judge = {
  name: 'Components in their own programs',
  programs: suites,
  run: async () => {
    const verdicts: Verdict[] = [];
    for (const suite of suites()) verdicts.push(await judgeSuite(suite));
    return verdicts;
  },
};

function suites(): string[] {
  return readdirSync(VERIFY).filter((name) => existsSync(join(VERIFY, name, 'run.ts')));
}

/** A suite ends with 1 when a check failed, and prints a line that begins with `ok` for each one that did not. */
async function judgeSuite(suite: string): Promise<Verdict> {
  const start = Date.now();
  const args = ['--import', 'tsx', join(VERIFY, suite, 'run.ts')];
  const { status, stdout, stderr } = await run(process.execPath, args, { timeoutSeconds: MINUTES * 60 });
  const lines = stdout.split('\n');
  const checked = lines.filter((line) => /^\s*ok\b/.test(line)).length;
  const failed = lines.filter((line) => /^\s*FAIL\b/.test(line));
  const note = `${suite}: ${checked} checks, ${((Date.now() - start) / 1000).toFixed(1)} s`;
  return {
    subject: suite,
    checked,
    problems: status === 0 ? [] : [...failed, stderr.trim() || `${suite} ended with ${status}`],
    notes: [note],
  };
}
