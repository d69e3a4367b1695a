/** A Plan as files, in this process: what `cdk8s synth` writes, without its start-up and without its emptied folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { buildCharts } from '../charts';
import type { Files } from '../lib/changes';
import type { Plan } from '../lib/model/plan';
import { readFiles } from './output-folder';

/**
 * The files of a Plan by name.
 * @throws ProblemsError when a patch has no target or would be dropped
 */
export function renderFiles(plan: Plan): Files {
  const outdir = mkdtempSync(join(tmpdir(), 'keelson-'));
  try {
    const app = new App({ outdir, recordConstructMetadata: false });
    buildCharts(app, plan);
    app.synth();
    return readFiles(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
