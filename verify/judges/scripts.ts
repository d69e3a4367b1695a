import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inParallel } from '../cluster/parallel';
import { must, run } from '../kit/command';
import { scratchFolder } from '../kit/scratch';
import { filesOf } from '../kit/tree';
import { ROOT } from '../manifests/root';
import { type Script, scriptsOf } from '../manifests/scripts';
import type { Verdict } from '../report';
import type { Bench, Judge } from './judge';

const PROCESSES = 2;
let version = '';

/** shellcheck on every script that the manifests carry and on every script of this repository. */
export const scripts: Judge = {
  name: 'Shell scripts',
  programs: () => [`shellcheck ${version}`],
  run: async ({ sets }: Bench) => {
    version = /^version: (.*)$/m.exec(await must('shellcheck', ['--version']))?.[1] ?? '';
    const all = [...sets.flatMap(({ objects }) => objects.flatMap(scriptsOf)), ...(await committed())];
    // The same script stands in many objects: once is enough, and its first place tells where it is.
    const different = [...new Map(all.reverse().map((script) => [script.shell + script.text, script])).values()];
    return inParallel(different, PROCESSES, judgeScript);
  },
};

async function committed(): Promise<Script[]> {
  return (await filesOf(ROOT))
    .filter((file) => (file.endsWith('.sh') || file === '.ci/run') && existsSync(join(ROOT, file)))
    .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }))
    .filter(({ text }) => /^#!.*\b(ba)?sh\b/.test(text))
    .map(({ file, text }) => ({ origin: file, shell: /^#!.*\bbash\b/.test(text) ? 'bash' : 'sh', text }));
}

async function judgeScript({ origin, shell, text, beside = {} }: Script): Promise<Verdict> {
  const folder = scratchFolder('script');
  for (const [name, content] of Object.entries(beside)) writeFileSync(join(folder, name), content);
  const args = [`--shell=${shell}`, '--format=gcc', '--external-sources', '--check-sourced', '-'];
  const { status, stdout, stderr } = await run('shellcheck', args, { input: text, cwd: folder });
  const problems = status === 0 ? [] : (stdout || stderr).trim().split('\n');
  return { subject: origin, checked: 1, problems };
}
