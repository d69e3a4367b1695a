import { ApiObject, type App } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { container, scratchVolumes } from '../kubernetes/container';
import type { Plan } from '../model/plan';
import type { Contribution, Sidecar } from './contract';

interface PodSpec {
  readonly containers: readonly unknown[];
  readonly volumes?: readonly unknown[];
}

interface Controller {
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

/** Serializes as cdk8s does the pods it is added to. */
function added(plan: Plan, pod: PodSpec, sidecars: readonly Sidecar[]): PodSpec {
  const containers = sidecars.map((one) => k8s.toJson_Container(container(plan, one.container)));
  const volumes = sidecars.flatMap((one) => [...one.volumes, ...scratchVolumes([one.container])]);
  const all = [...(pod.volumes ?? []), ...volumes.map((volume) => k8s.toJson_Volume(volume))];
  return { ...pod, containers: [...pod.containers, ...containers], ...(all.length ? { volumes: all } : {}) };
}

/**
 * The hook by which exporters get into the pods of their servers: components know nothing of it. Before `finish`, so
 * that a user's patch finds them.
 * @throws Error when a contribution names a workload that no chart has
 */
export function addSidecars(app: App, plan: Plan, contributions: readonly Contribution[]): void {
  const controllers = app.node
    .findAll()
    .filter((node): node is ApiObject => ApiObject.isApiObject(node))
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  const all = contributions.flatMap(({ sidecars = [] }) => sidecars);
  for (const name of new Set(all.map(({ of }) => of))) {
    const sidecars = all.filter(({ of }) => of === name);
    const object = controllers.find(({ metadata }) => metadata.name === name);
    if (object === undefined) throw new Error(`Cannot add an exporter: no chart has the workload "${name}"`);
    const render = object.toJson.bind(object);
    object.toJson = () => {
      const manifest = render() as Controller;
      const { spec } = manifest;
      const pod = added(plan, spec.template.spec, sidecars);
      return { ...manifest, spec: { ...spec, template: { ...spec.template, spec: pod } } };
    };
  }
}
