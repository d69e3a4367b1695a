/**
 * Pages that show the dashboards with the figures of a live run: `node --import tsx verify/monitoring/preview.ts FOLDER
 * [SYSTEM …]`. Grafana itself is no package that can be had here; where things stand and what they say is the same.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from '../kit/command';
import { scratchFolder } from '../kit/scratch';
import type { DrawnDashboard } from './live/dashboards';
import { page } from './preview/page';

async function draw(system: string, folder: string): Promise<void> {
  const figures = join(scratchFolder('preview'), `${system}.json`);
  const args = ['--import', 'tsx', join(__dirname, 'live/run.ts'), system, figures];
  const { stdout, stderr } = await run(process.execPath, args, { timeoutSeconds: 600 });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  for (const drawn of JSON.parse(readFileSync(figures, 'utf8')) as DrawnDashboard[]) {
    const file = join(folder, `${drawn.dashboard.uid}.html`);
    writeFileSync(file, page(drawn));
    console.log(file);
  }
}

async function main(): Promise<void> {
  const [folder, ...systems] = process.argv.slice(2);
  if (folder === undefined) throw new Error('Which folder do the pages go to?');
  mkdirSync(folder, { recursive: true });
  for (const system of systems.length > 0 ? systems : ['lms']) await draw(system, resolve(folder));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
