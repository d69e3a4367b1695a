/**
 * `make bench`: what a synthesis costs as a system grows, and that it grows linearly. Fails when it does not.
 * `--write` keeps the figures in docs/performance.md.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { measure } from './measure';
import { page } from './page';
import { judge } from './verdict';

const sizes = [1, 10, 100, 1000] as const;
const runs = 3;

function main(write: boolean): void {
  const measured = sizes.map((size) => {
    const result = measure(size, runs);
    console.log(
      `${size} services: ${result.seconds.toFixed(2)} s, ${result.memory.toFixed(0)} MiB, ${result.objects} objects`,
    );
    return result;
  });
  const verdict = judge(measured);
  const text = page(
    measured,
    verdict,
    `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node.js ${process.version}`,
  );
  console.log(`\n${text}`);
  if (write) {
    const file = join(__dirname, '..', 'docs', 'performance.md');
    writeFileSync(file, text);
    execFileSync('npx', ['biome', 'format', '--write', file], { stdio: 'ignore' });
  }
  for (const fault of verdict.faults) console.error(`FAILED: ${fault}`);
  process.exitCode = verdict.faults.length ? 1 : 0;
}

if (require.main === module) main(process.argv.includes('--write'));
