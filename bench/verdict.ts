import { fittedExponent } from './exponent';
import type { Measurement } from './measure';
import { type Phase, phases } from './phases';

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
