import type { Cluster } from '../cluster/cluster';
import { at, type KubernetesObject } from '../manifests/objects';
import type { Verdict } from '../report';
import { waitFor } from './converged';
import { BASE } from './fault-base';

const SERVICES = 1000;
const NAMESPACE = 'thousand';
const SECONDS = 180;

/** As many services as one system is ever likely to have, on one small control plane. */
export async function convergeThousand(cluster: Cluster): Promise<Verdict> {
  const { client } = cluster;
  const start = Date.now();
  const elapsed = () => ((Date.now() - start) / 1000).toFixed(1);
  await client.must('POST', '/api/v1/namespaces', {
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
  });
  const names = Array.from({ length: SERVICES }, (_, index) => `service-${String(index).padStart(4, '0')}`);
  const objects = names.flatMap((name) => [renamed(BASE.Deployment, name), renamed(BASE.Service, name)]);
  await client.each(objects, async (object) =>
    client.must('POST', String(await client.collection(object)), { body: object }),
  );
  const applied = elapsed();
  const problems = await waitFor(async () => {
    const deployments = await client.list(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`);
    const ready = deployments.filter((deployment) => at(deployment, 'status', 'availableReplicas') === 1).length;
    return ready === SERVICES ? [] : [`${ready} of ${SERVICES} services are available`];
  }, SECONDS);
  const note = `${SERVICES} Deployments and Services: applied after ${applied} s, all available after ${elapsed()} s`;
  return { subject: `${SERVICES} services converge`, checked: objects.length, problems, notes: [note] };
}

function renamed(base: KubernetesObject, name: string): KubernetesObject {
  const text = JSON.stringify(base).replaceAll('"app":"app"', `"app":"${name}"`);
  const object = JSON.parse(text) as KubernetesObject;
  return { ...object, metadata: { ...object.metadata, name, namespace: NAMESPACE } };
}
