/**
 * `make bench`: what a synthesis costs as a system grows, and that it grows linearly. Fails when it does not.
 * `--write` keeps the figures in docs/performance.md.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fittedExponent } from './exponent';
import { type Measurement, measure } from './measure';
import { page } from './page';
import { type Phase, phases } from './phases';

const sizes = [1, 10, 100, 1000] as const;
const runs = 3;

/** The whole process: its start-up is constant, so this is mild; the phases are where a quadratic step shows. */
const mostWhole = 1.1;
/** From 100 to 1,000 services; a quadratic phase has 2, and what noise adds to a linear one stays below this. */
const mostPhase = 1.4;
/** A phase below this at the largest size is not worth a verdict, seconds. */
const noticeable = 0.05;

export interface Verdict {
  readonly whole: number;
  readonly byPhase: Readonly<Record<Phase, number>>;
  readonly faults: readonly string[];
}

/** How it grows, and what is wrong with that. */
export function judge(measured: readonly Measurement[]): Verdict {
  const whole = fittedExponent(measured.map(({ services, seconds }) => [services, seconds]));
  const large = measured.slice(-2);
  const exponent = (phase: Phase): number => fittedExponent(large.map((item) => [item.services, item.phases[phase]]));
  const byPhase = Object.fromEntries(phases.map((phase) => [phase, exponent(phase)])) as Record<Phase, number>;
  const slow = phases.filter((phase) => byPhase[phase] > mostPhase && (large.at(-1)?.phases[phase] ?? 0) > noticeable);
  return {
    whole,
    byPhase,
    faults: [
      ...(whole > mostWhole
        ? [`the whole process grows with the exponent ${whole.toFixed(2)}, more than ${mostWhole}`]
        : []),
      ...slow.map((phase) => `${phase} grows with the exponent ${byPhase[phase].toFixed(2)}, more than ${mostPhase}`),
    ],
  };
}

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
