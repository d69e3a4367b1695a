import type { Measurement } from './measure';
import { phases } from './phases';
import type { Verdict } from './verdict';

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** docs/performance.md */
export function page(measured: readonly Measurement[], verdict: Verdict, machine: string): string {
  const total = (item: Measurement): number => phases.reduce((sum, phase) => sum + item.phases[phase], 0);
  return `${[
    '# Performance',
    '',
    'Written by `make bench BENCH=--write`. A system of N services, each with a Deployment, a Service, an autoscaler, a disruption',
    'budget, network policies, an arrow and a route, in `production`. Whole process of `keelson synth`, the best of three runs, on',
    `${machine}.`,
    '',
    row(['services', 'objects', 'YAML', 'time', 'peak memory']),
    row(['--:', '--:', '--:', '--:', '--:']),
    ...measured.map(({ services, objects, size, seconds, memory }) =>
      row([
        services.toLocaleString('en'),
        objects.toLocaleString('en'),
        `${size.toFixed(2)} MiB`,
        `${seconds.toFixed(2)} s`,
        `${memory.toFixed(0)} MiB`,
      ]),
    ),
    '',
    `Time grows with the fitted exponent ${verdict.whole.toFixed(2)} (1 is linear), the work without the start-up from 100 to 1,000 services`,
    `with ${verdict.work.toFixed(2)}; \`make bench\` fails when one of them is above 1.1, and when a phase grows quadratically.`,
    '',
    '## Where the time goes',
    '',
    'Seconds of CPU, which several threads may spend at once.',
    '',
    row(['services', ...phases]),
    row(['--:', ...phases.map(() => '--:')]),
    ...measured.map((item) =>
      row([
        item.services.toLocaleString('en'),
        ...phases.map(
          (phase) => `${item.phases[phase].toFixed(2)} s (${Math.round((100 * item.phases[phase]) / total(item))} %)`,
        ),
      ]),
    ),
    row(['exponent from 100 to 1,000', ...phases.map((phase) => verdict.byPhase[phase].toFixed(2))]),
    '',
    '- **load**: Node.js, tsx, cdk8s, our modules and the system file. Constant, but for the file.',
    '- **resolve**: parse, resolve, check: the Plan.',
    '- **charts**: constructs from the Plan.',
    '- **render**: constructs to YAML, by cdk8s.',
    '- **write**: files, and the swap.',
  ].join('\n')}\n`;
}
