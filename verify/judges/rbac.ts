import type { ApiClient } from '../cluster/client';
import { type Cluster, startCluster } from '../cluster/cluster';
import { goProgram } from '../kit/tools';
import { at, describe, type KubernetesObject } from '../manifests/objects';
import { title } from '../manifests/sets';
import type { Verdict } from '../report';
import type { Bench, Judge } from './judge';
import { EXPECTED_RULES } from './rbac-table';

const KINDS = ['Namespace', 'ServiceAccount', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'];
const READING = ['get', 'list', 'watch'];
const NOBODY = 'account-without-bindings';
const REVIEWS = '/apis/authorization.k8s.io/v1';

/** What each ServiceAccount can really do (what `kubectl auth can-i --list` asks) is what a short table says. */
export const rbac: Judge = {
  name: 'RBAC',
  programs: () => [`kube-apiserver ${goProgram('kube-apiserver').version}`],
  run: async ({ sets }: Bench) => {
    const cluster = await startCluster('1.36', 'none');
    try {
      const verdicts: Verdict[] = [];
      const known = new Map<string, Omit<Verdict, 'subject'>>(); // tiers share what they may do
      for (const set of sets) {
        const objects = set.objects.filter(({ kind }) => KINDS.includes(kind));
        const text = JSON.stringify(objects);
        const verdict = known.get(text) ?? (await judgeObjects(cluster, objects));
        known.set(text, verdict);
        verdicts.push({ subject: title(set), ...verdict });
      }
      return verdicts;
    } finally {
      await cluster.stop();
    }
  },
};

/** Creates the accounts and their roles for real, asks, and takes them away: tiers share a namespace. */
async function judgeObjects(
  { client }: Cluster,
  objects: readonly KubernetesObject[],
): Promise<Omit<Verdict, 'subject'>> {
  const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount');
  for (const object of objects) await create(client, object);
  const results = await client.each(accounts, (account) => judgeAccount(client, account));
  const removed = objects.filter(({ kind }) => kind !== 'Namespace');
  await client.each(removed, async (object) =>
    client.must('DELETE', `${await client.collection(object)}/${object.metadata.name}`),
  );
  return { checked: accounts.length, problems: results.flat() };
}

async function create(client: ApiClient, object: KubernetesObject): Promise<void> {
  const collection = String(await client.collection(object));
  const reply = await client.request('POST', collection, { body: object });
  if (reply.status >= 300 && reply.status !== 409)
    throw new Error(`${describe(object)}: ${JSON.stringify(reply.body)}`);
}

async function judgeAccount(client: ApiClient, { metadata }: KubernetesObject): Promise<string[]> {
  const { name, namespace = 'default' } = metadata;
  const [own, everyone] = await Promise.all([rules(client, namespace, name), rules(client, namespace, NOBODY)]);
  const found = own.filter((rule) => !everyone.includes(rule)).sort();
  const { must, may = [] } = EXPECTED_RULES[name] ?? { must: [] };
  const problems = [
    ...found
      .filter((rule) => ![...must, ...may].includes(rule))
      .map((rule) => `may ${rule}, which the table does not say`),
    ...must.filter((rule) => !found.includes(rule)).map((rule) => `may not ${rule}, which the table says`),
  ];
  for (const verb of READING) {
    if (await isAllowed(client, namespace, name, verb)) problems.push(`may ${verb} secrets`);
  }
  return problems.map((problem) => `${namespace}/${name} ${problem}`);
}

function impersonating(namespace: string, account: string): Record<string, string> {
  // Node sends one header per array item; the type of fetch-like headers knows only text.
  return {
    'Impersonate-User': `system:serviceaccount:${namespace}:${account}`,
    'Impersonate-Group': `system:serviceaccounts:${namespace}`,
  };
}

async function rules(client: ApiClient, namespace: string, account: string): Promise<string[]> {
  const { body } = await client.must('POST', `${REVIEWS}/selfsubjectrulesreviews`, {
    body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } },
    headers: impersonating(namespace, account),
  });
  const resources = (at(body, 'status', 'resourceRules') ?? []) as ResourceRule[];
  const paths = (at(body, 'status', 'nonResourceRules') ?? []) as { verbs: string[]; nonResourceURLs: string[] }[];
  return [
    ...resources.map(ruleText),
    ...paths.map((rule) => `${rule.verbs.join(',')} ${rule.nonResourceURLs.join(',')}`),
  ];
}

interface ResourceRule {
  verbs: string[];
  resources?: string[];
  apiGroups?: string[];
  resourceNames?: string[];
}

/** `get,list pods,services`; a group other than the core follows its resource: `jobs.batch`. */
function ruleText({ verbs, resources = [], apiGroups = [], resourceNames = [] }: ResourceRule): string {
  const group = apiGroups.filter((name) => name !== '').map((name) => `.${name}`)[0] ?? '';
  const names = resourceNames.length > 0 ? ` named ${resourceNames.join(',')}` : '';
  return `${[...verbs].sort().join(',')} ${[...resources]
    .sort()
    .map((name) => name + group)
    .join(',')}${names}`;
}

async function isAllowed(client: ApiClient, namespace: string, account: string, verb: string): Promise<boolean> {
  const { body } = await client.must('POST', `${REVIEWS}/selfsubjectaccessreviews`, {
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { namespace, verb, resource: 'secrets' } },
    },
    headers: impersonating(namespace, account),
  });
  return at(body, 'status', 'allowed') === true;
}
