import { strict as assert } from 'node:assert';
import { contributionsOf } from '../../charts/contributions';
import { ensureGoProgram } from '../kit/go';
import { EXPORTERS, goProgram } from '../kit/tools';
import { planOf } from '../monitoring/subjects';
import { freePorts } from '../servers/ports';
import { startServer } from '../servers/process';

/** What the exporter's container is started with, for the system whose worker works off a list. */
function argumentsOf(): { args: readonly string[]; variables: readonly string[]; key: string; database: number } {
  const plan = planOf('django-react');
  const { work } = plan.services.find(({ name }) => name === 'celery') ?? {};
  const [sidecar] = contributionsOf(plan).find(({ part }) => part === work?.store)?.sidecars ?? [];
  if (work === undefined || sidecar === undefined) throw new Error('No exporter stands beside the Redis of celery');
  const { args = [], env = [] } = sidecar.container;
  return { args, variables: env.map(({ name }) => name), key: work.name, database: work.database };
}

/** The exporter as the manifests start it: how long a list is that a worker works off, and that an empty one is 0. */
export async function lists(
  server: { readonly port: number; readonly folder: string; readonly password: string },
  client: (args: readonly string[]) => Promise<unknown>,
): Promise<void> {
  for (const program of EXPORTERS.filter(({ name }) => name === 'redis_exporter')) await ensureGoProgram(program);
  const { args, variables, key, database } = argumentsOf();
  assert.deepEqual(variables, ['REDIS_ADDR', 'REDIS_PASSWORD']);
  const [port = 0] = await freePorts(1);
  const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const exporter = await startServer({
    name: 'exporter',
    program: 'env',
    args: [
      `REDIS_ADDR=redis://127.0.0.1:${server.port}`,
      `REDIS_PASSWORD=${server.password}`,
      goProgram('redis_exporter').path,
      ...args.map((one) => one.replace(/^--web\.listen-address=.*/, `--web.listen-address=127.0.0.1:${port}`)),
    ],
    log: `${server.folder}/exporter.log`,
    isReady: async () => (await metrics()).includes('redis_up 1'),
  });
  const length = async (): Promise<string | undefined> =>
    new RegExp(`^redis_key_size\\{db="db${database}",key="${key}"\\} (\\d+)$`, 'm').exec(await metrics())?.[1];
  assert.equal(await length(), '0');
  await client(['-n', String(database), 'rpush', key, 'one', 'two', 'three']);
  assert.equal(await length(), '3');
  // A list of the same name elsewhere is another one.
  await client(['-n', String(database + 1), 'rpush', key, 'four']);
  assert.equal(await length(), '3');
  console.log('ok  the exporter measures the list that a worker works off, also while it is empty, and no other');
  await exporter.stop();
}
