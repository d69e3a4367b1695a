/**
 * What `cdk8s synth` runs: choose, plan, build the charts. The only place that reads the environment. The output folder is
 * the CLI's to choose (`CDK8S_OUTDIR`), so it is never set here.
 */
import { App } from 'cdk8s';
import { buildCharts } from './charts';
import { defaultChoice, planOf } from './lib/choice';
import { allowClosedPipes } from './lib/closed-pipe';
import { formatProblem, ProblemsError } from './lib/model/problem';
import { settled, watchStrays } from './lib/strays';
import { Workspace } from './lib/workspace';

/** An empty variable counts as unset. */
function variable(name: string): string | undefined {
  return process.env[name] === '' ? undefined : process.env[name];
}

async function synthesize(): Promise<void> {
  const tier = variable('KEELSON_TIER');
  const { plan, problems } = planOf(new Workspace(process.cwd()), {
    system: variable('KEELSON_SYSTEM') ?? defaultChoice.system,
    environment: variable('KEELSON_ENVIRONMENT') ?? defaultChoice.environment,
    ...(tier === undefined ? {} : { tier }),
  });
  const errors = problems.filter(({ severity }) => severity === 'error');
  for (const problem of problems.filter(({ severity }) => severity === 'warning'))
    console.error(formatProblem(problem));
  if (plan === undefined || errors.length) throw new ProblemsError(errors);
  const app = new App();
  buildCharts(app, plan);
  await settled();
  app.synth();
}

function explain(error: unknown): void {
  console.error(error instanceof ProblemsError ? error.message : error);
  process.exitCode = 1;
}

let done = false;
allowClosedPipes(explain);
watchStrays((stray) => {
  if (done) explain(new ProblemsError([stray]));
});
void synthesize()
  .catch(explain)
  .then(settled)
  .catch(explain)
  .finally(() => {
    done = true;
  });
