import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { checksum } from '../kubernetes/checksum';
import { configMap } from '../kubernetes/config-map';
import type { ContainerProps } from '../kubernetes/container';
import { deployment } from '../kubernetes/deployment';
import { probes } from '../kubernetes/probes';
import { service } from '../kubernetes/service';
import { serviceAccount } from '../kubernetes/service-account';
import type { Plan, ToolPlan } from '../model/plan';
import { Claim } from '../storage';

export interface ToolProps {
  readonly plan: Plan;
  readonly tool: ToolPlan;
}

/** What differs between tools: its container besides name, image, port and probes, and what stands around it. */
export interface ToolParts {
  readonly container: Pick<ContainerProps, 'env' | 'mounts' | 'scratch'>;
  /** Answers over HTTP when the tool is ready. */
  readonly readyPath: string;
  /** A usual start, seconds. */
  readonly startSeconds: number;
  readonly initContainers?: readonly ContainerProps[];
  readonly volumes?: readonly k8s.Volume[];
  /** A ConfigMap of the tool's name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The volume of a tool's claim is called so. */
export const dataVolume = 'data';

function volumesOf(tool: ToolPlan, parts: ToolParts): k8s.Volume[] {
  const claim: k8s.Volume[] =
    tool.claim === undefined ? [] : [{ name: dataVolume, persistentVolumeClaim: { claimName: tool.claim.name } }];
  const files: k8s.Volume[] = parts.files === undefined ? [] : [{ name: 'files', configMap: { name: tool.name } }];
  return [...claim, ...files, ...(parts.volumes ?? [])];
}

/**
 * A development aid: its claim, configuration, Deployment and Service. Nothing routes to it from outside; people reach it
 * by `kubectl port-forward`. A tool that keeps data is one pod, which stops before the next one starts.
 */
export class Tool extends Construct {
  constructor(scope: Construct, id: string, { plan, tool }: ToolProps, parts: ToolParts) {
    super(scope, id);
    const port = tool.ports[0];
    if (port === undefined) throw new Error(`Cannot serve tool "${tool.name}" as it has no port`);
    if (tool.claim) new Claim(this, 'Claim', { plan, claim: tool.claim });
    serviceAccount(this, plan, tool);
    if (parts.files) configMap(this, plan, tool, tool.name, parts.files);
    const health = {
      path: parts.readyPath,
      livePath: undefined,
      command: undefined,
      intervalSeconds: 10,
      timeoutSeconds: 5,
      tries: 3,
      startSeconds: parts.startSeconds,
    };
    deployment(this, {
      plan,
      workload: tool,
      strategy: tool.claim ? 'recreate' : 'rolling',
      autoscaled: false,
      startSeconds: parts.startSeconds,
      containers: [
        {
          name: tool.name,
          image: tool.image,
          ports: tool.ports,
          resources: tool.resources,
          ...parts.container,
          ...probes(health, tool.name, port.name),
        },
      ],
      initContainers: parts.initContainers,
      volumes: volumesOf(tool, parts),
      checksums: parts.files === undefined ? undefined : { files: checksum(parts.files) },
    });
    service(this, { plan, workload: tool });
  }
}
