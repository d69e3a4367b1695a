/**
 * Run in a process of its own: one synthesis, phase by phase, in seconds of CPU. Arguments: the project and the
 * output folder. Prints JSON. CPU time, because other programs of the machine do not change it.
 */
export const phases = ['load', 'resolve', 'charts', 'render', 'write'] as const;
export type Phase = (typeof phases)[number];

function main(root: string, out: string): void {
  const marks: number[] = [];
  const mark = (): void => {
    const { user, system } = process.cpuUsage();
    marks.push((user + system) / 1e6);
  };
  const { App } = require('cdk8s') as typeof import('cdk8s');
  const { buildCharts } = require('../charts') as typeof import('../charts');
  const { planOf } = require('../lib/choice') as typeof import('../lib/choice');
  const { Workspace } = require('../lib/workspace') as typeof import('../lib/workspace');
  const { readFiles, replaceFolder } = require('../cli/output-folder') as typeof import('../cli/output-folder');
  const workspace = new Workspace(root);
  workspace.system('bench');
  mark();
  const { plan, problems } = planOf(workspace, { system: 'bench', environment: 'production' });
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  mark();
  const app = new App({ outdir: `${out}.rendered`, recordConstructMetadata: false });
  buildCharts(app, plan);
  mark();
  app.synth();
  mark();
  replaceFolder(out, readFiles(`${out}.rendered`));
  mark();
  // The first phase counts from the start of the process: Node.js and tsx belong to what a user waits for.
  const times = phases.map((phase, index) => [phase, (marks[index] ?? 0) - (marks[index - 1] ?? 0)] as const);
  console.log(JSON.stringify(Object.fromEntries(times)));
}

if (require.main === module) main(process.argv[2] ?? '', process.argv[3] ?? '');
