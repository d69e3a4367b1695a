import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { startSeconds, useSettings } from '../application';
import { autoscaler } from '../kubernetes/autoscaler';
import { checksum } from '../kubernetes/checksum';
import { configMap } from '../kubernetes/config-map';
import type { ContainerProps } from '../kubernetes/container';
import { deployment } from '../kubernetes/deployment';
import { allowsDisruptionBudget, disruptionBudget } from '../kubernetes/disruption-budget';
import { probes } from '../kubernetes/probes';
import { service as kubernetesService } from '../kubernetes/service';
import { serviceAccount } from '../kubernetes/service-account';
import { waitContainer } from '../kubernetes/wait';
import type { Plan } from '../model/plan';
import { configMaps } from './config-maps';
import { drainSeconds, livePath, readyPath, templateFolder, tlsFolder } from './layout';
import { nginxFiles } from './nginx';
import type { ProxyService } from './proxy-service';

export interface NginxProxyProps {
  readonly plan: Plan;
  readonly service: ProxyService;
}

/** A ConfigMap of the configuration; the proxy's own name is that of its settings. */
function configName(service: ProxyService, index: number): string {
  return index === 0 ? `${service.name}-nginx` : `${service.name}-nginx-${index + 1}`;
}

/** One folder, of however many ConfigMaps. */
function configVolume(names: readonly string[]): k8s.Volume {
  const [name = ''] = names;
  if (names.length === 1) return { name: 'config', configMap: { name } };
  return { name: 'config', projected: { sources: names.map((each) => ({ configMap: { name: each } })) } };
}

/**
 * The most upstreams that the start waits for, one after the other. nginx starts without them too, and follows them when
 * they come; a thousand init containers would take longer than anything that they wait for, and more than `kubectl apply`
 * can hold of one object.
 */
const mostWaits = 20;

function volumes(service: ProxyService, configs: readonly string[]): k8s.Volume[] {
  const config = configVolume(configs);
  const { tlsSecret } = service.proxy;
  if (tlsSecret === undefined) return [config];
  // Group-readable: the pod's group owns it, and the process is no root. 0440 in decimal, as JSON has no octal.
  return [config, { name: 'tls', secret: { secretName: tlsSecret, defaultMode: 0o440 } }];
}

function mounts(service: ProxyService): k8s.VolumeMount[] {
  const config: k8s.VolumeMount = { name: 'config', mountPath: templateFolder, readOnly: true };
  return service.proxy.tlsSecret === undefined
    ? [config]
    : [config, { name: 'tls', mountPath: tlsFolder, readOnly: true }];
}

function nginx(service: ProxyService): ContainerProps {
  const health = { ...service.health, path: service.health.path ?? readyPath, livePath };
  return {
    name: service.name,
    image: service.image,
    command: ['/bin/sh', `${templateFolder}/start.sh`],
    env: service.env,
    envFromConfigMaps: useSettings(service.name, service.settings).configMaps,
    ports: service.ports,
    mounts: mounts(service),
    scratch: service.scratch,
    resources: service.resources,
    ...probes(health, service.name, service.ports[0]?.name),
    // Then the kubelet sends the image's stop signal, SIGQUIT in nginx' images: requests under way are finished.
    lifecycle: { preStop: { exec: { command: ['/bin/sleep', String(drainSeconds)] } } },
  };
}

/**
 * The system's nginx: routes, limits and headers of the whole system. Its configuration is a ConfigMap; a change rolls the
 * pods. With a load balancer as the edge its Service is one: still the same name and address inside, and `Local`, so that
 * nginx sees the clients' own addresses (limits are kept by address; a node's would lump all of them together).
 */
export class NginxProxy extends Construct {
  constructor(scope: Construct, id: string, { plan, service }: NginxProxyProps) {
    super(scope, id);
    const files = nginxFiles(service, plan.namespace, plan.edge.hosts);
    const configs = configMaps(files).map((data, index) => {
      const name = configName(service, index);
      configMap(this, plan, service, name, data);
      return name;
    });
    const waits = service.waits.length > mostWaits ? [] : service.waits;
    serviceAccount(this, plan, service);
    deployment(this, {
      plan,
      workload: service,
      containers: [nginx(service)],
      initContainers: waits.map((wait) => waitContainer(plan, wait)),
      volumes: volumes(service, configs),
      checksums: { nginx: checksum(files), ...useSettings(service.name, service.settings).checksums },
      graceSeconds: drainSeconds + service.graceSeconds,
      strategy: 'rolling',
      autoscaled: service.autoscaler !== undefined,
      startSeconds: startSeconds(service),
    });
    const balanced = plan.edge.kind === 'load-balancer' && plan.edge.proxy === service.name;
    kubernetesService(this, {
      plan,
      workload: service,
      ...(balanced ? { type: 'LoadBalancer', externalTrafficPolicy: 'Local' } : {}),
    });
    if (service.autoscaler) autoscaler(this, plan, service, service.autoscaler.cpuPercent);
    if (allowsDisruptionBudget(service, service.sameNodeAs)) disruptionBudget(this, plan, service);
  }
}
