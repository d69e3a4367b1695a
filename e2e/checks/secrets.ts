/** Bootstrap made the Secrets; a second apply changes nothing at all; the account that made them cannot read them. */
import type { Resource } from '../cluster/api';
import { expect, keptPods, kubectl, mustKubectl, type Stage } from '../stage';

interface Secret extends Resource {
  readonly data?: Readonly<Record<string, string>>;
  readonly type?: string;
}

async function checkValues(stage: Stage): Promise<number> {
  const secrets = await stage.api.list<Secret>(`/api/v1/namespaces/${stage.namespace}/secrets`);
  const wanted = stage.manifests.plan.secrets.filter(
    (secret) => secret.class === 'generated' && secret.type === 'Opaque',
  );
  const values = wanted.flatMap(({ name, keys }) =>
    Object.entries(keys).flatMap(([key, recipe]) => {
      if (recipe?.make !== 'hex') return [];
      const data = secrets.find(({ metadata }) => metadata.name === name)?.data?.[key];
      const value = Buffer.from(data ?? '', 'base64').toString();
      expect(new RegExp(`^[0-9a-f]{${recipe.bytes * 2}}$`).test(value), `Secret ${name} has no random ${key}`);
      return [value];
    }),
  );
  expect(new Set(values).size === values.length, 'Two Secrets have the same value');
  return values.length;
}

async function identities(stage: Stage): Promise<string> {
  const pods = await keptPods(stage);
  return JSON.stringify(
    pods
      .map(({ metadata, status }) => [metadata.uid, status.containerStatuses?.map(({ restartCount }) => restartCount)])
      .sort(),
  );
}

/**
 * Every object of the manifests as the server has it, without what moves by itself. What kubectl says is no measure: it
 * sends a StatefulSet's claim templates and a budget's selector each time, and calls that `configured`.
 */
async function contents(stage: Stage): Promise<string> {
  const said = await mustKubectl(['get', '-o', 'json', '-f', stage.manifests.folder]);
  const { items } = JSON.parse(said) as { items: { metadata: Record<string, unknown>; status?: unknown }[] };
  return JSON.stringify(
    items.map(
      ({ status: _status, metadata: { resourceVersion: _version, managedFields: _fields, ...metadata }, ...rest }) => ({
        ...rest,
        metadata,
      }),
    ),
  );
}

async function checkSecondApply(stage: Stage): Promise<void> {
  const before = await identities(stage);
  const diff = await kubectl(['diff', '-f', stage.manifests.folder]);
  expect(diff.status === 0, `kubectl diff is not empty: ${diff.stdout.slice(0, 800)} ${diff.stderr.slice(0, 300)}`);
  const [objects] = [await contents(stage), await mustKubectl(['apply', '-f', stage.manifests.folder])];
  expect((await contents(stage)) === objects, 'The second apply changed an object');
  expect((await identities(stage)) === before, 'The second apply restarted a pod');
}

async function checkAccount(stage: Stage): Promise<void> {
  const account = `system:serviceaccount:${stage.namespace}:bootstrap`;
  const can = async (verb: string): Promise<boolean> => {
    const { stdout } = await kubectl(['auth', 'can-i', verb, 'secrets', `--as=${account}`, '-n', stage.namespace]);
    return stdout.trim() === 'yes';
  };
  expect(await can('create'), 'The bootstrap account cannot create Secrets');
  const refused = ['get', 'list', 'watch', 'update', 'patch', 'delete'];
  await Promise.all(
    refused.map(async (verb) => expect(!(await can(verb)), `The bootstrap account can ${verb} Secrets`)),
  );
  const asked = await kubectl(['get', 'secrets', `--as=${account}`, '-n', stage.namespace]);
  expect(asked.status !== 0 && asked.stderr.includes('Forbidden'), 'The bootstrap account was shown Secrets');
}

export async function checkSecrets(stage: Stage): Promise<void> {
  const count = await checkValues(stage);
  await checkAccount(stage);
  await checkSecondApply(stage);
  stage.say(`  ${count} random values, none twice; kubectl diff is empty; a second apply changes nothing`);
  stage.facts.set('Secrets', `${count} random values made by bootstrap, whose account cannot read them`);
  stage.facts.set('Second `kubectl apply -f`', '`kubectl diff` is empty, nothing changes, no pod restarts');
}
