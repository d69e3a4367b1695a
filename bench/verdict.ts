import { fittedExponent } from './exponent';
import type { Measurement } from './measure';
import { type Phase, phases } from './phases';

/** The whole process: its start-up is constant, so this is mild; the phases are where a quadratic step shows. */
const mostWhole = 1.1;
/** The same of the work alone, all phases but the start-up, from 100 to 1,000: nothing constant hides a step there. */
const mostWork = 1.1;
/** From 100 to 1,000 services; a quadratic phase has 2, and what noise adds to a linear one stays below this. */
const mostPhase = 1.4;
/** A phase below this at the largest size is not worth a verdict, seconds. */
const noticeable = 0.05;

export interface Verdict {
  readonly whole: number;
  /** Of all phases but `load`, from 100 to 1,000 services. */
  readonly work: number;
  readonly byPhase: Readonly<Record<Phase, number>>;
  readonly faults: readonly string[];
}

/** How it grows, and what is wrong with that. */
export function judge(measured: readonly Measurement[]): Verdict {
  const whole = fittedExponent(measured.map(({ services, seconds }) => [services, seconds]));
  const large = measured.slice(-2);
  const exponent = (phase: Phase): number => fittedExponent(large.map((item) => [item.services, item.phases[phase]]));
  const byPhase = Object.fromEntries(phases.map((phase) => [phase, exponent(phase)])) as Record<Phase, number>;
  const worked = (item: Measurement): number =>
    phases.reduce((sum, phase) => sum + (phase === 'load' ? 0 : item.phases[phase]), 0);
  const work = fittedExponent(large.map((item) => [item.services, worked(item)]));
  const slow = phases.filter((phase) => byPhase[phase] > mostPhase && (large.at(-1)?.phases[phase] ?? 0) > noticeable);
  return {
    whole,
    work,
    byPhase,
    faults: [
      ...(whole > mostWhole
        ? [`the whole process grows with the exponent ${whole.toFixed(2)}, more than ${mostWhole}`]
        : []),
      ...(work > mostWork
        ? [`the work from 100 to 1,000 services grows with the exponent ${work.toFixed(2)}, more than ${mostWork}`]
        : []),
      ...slow.map((phase) => `${phase} grows with the exponent ${byPhase[phase].toFixed(2)}, more than ${mostPhase}`),
    ],
  };
}
