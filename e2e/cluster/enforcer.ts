/** NetworkPolicies on the nodes, for tests: every policy compiled to nftables, on each change of a pod or a policy. */
import { spawn } from 'node:child_process';
import type { Api, Resource } from './api';
import type { NodeLayout } from './layout';
import { type EnforcedPod, type PolicyObject, ruleset } from './rules';

interface PodObject extends Resource {
  readonly spec: {
    readonly hostNetwork?: boolean;
    readonly containers: readonly { readonly ports?: readonly PodPort[] }[];
  };
  readonly status: { readonly podIP?: string; readonly phase?: string };
}

interface PodPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
}

function enforced(pods: Iterable<PodObject>): EnforcedPod[] {
  const byAddress = new Map<string, EnforcedPod>();
  // A living pod wins over a dying one that had its address.
  const sorted = [...pods].sort(
    (a, b) => Number(!!b.metadata.deletionTimestamp) - Number(!!a.metadata.deletionTimestamp),
  );
  for (const { metadata, spec, status } of sorted) {
    if (spec.hostNetwork || !status.podIP || ['Succeeded', 'Failed'].includes(status.phase ?? '')) continue;
    byAddress.set(status.podIP, {
      namespace: metadata.namespace ?? '',
      labels: metadata.labels ?? {},
      address: status.podIP,
      ports: spec.containers.flatMap(({ ports = [] }) => ports),
    });
  }
  return [...byAddress.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
}

function load(node: NodeLayout, rules: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn('nsenter', [`--net=/run/netns/${node.netns}`, 'nft', '-f', '-']);
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text;
    });
    child.on('error', (error) => resolve(`nft cannot be started: ${error.message}`));
    child.stdin.on('error', () => undefined); // it has ended before, and its status says why
    child.on('close', (status) => resolve(status === 0 ? '' : said || `nft ended with ${status}`));
    child.stdin.end(rules);
  });
}

/** Follows the cluster as long as this process lives. */
export class Enforcer {
  /** What nft refused: the earlier rules stayed, so nothing measured afterwards counts. */
  readonly errors: string[] = [];
  #last = '';
  #known: ReadonlySet<string> = new Set();
  #pods: ReadonlyMap<string, PodObject> = new Map();
  #policies: ReadonlyMap<string, PolicyObject> = new Map();
  #namespaces: ReadonlyMap<string, Resource> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #busy: Promise<void> = Promise.resolve();

  constructor(
    api: Api,
    private readonly nodes: readonly NodeLayout[],
  ) {
    api.watch<PodObject>('/api/v1/pods', (pods) => {
      this.#pods = pods;
      this.#schedule();
    });
    api.watch<PolicyObject>('/apis/networking.k8s.io/v1/networkpolicies', (policies) => {
      this.#policies = policies;
      this.#schedule();
    });
    api.watch<Resource>('/api/v1/namespaces', (namespaces) => {
      this.#namespaces = namespaces;
      this.#schedule();
    });
  }

  /** Whether the rules that the nodes have loaded are those of a cluster with pods at these addresses. */
  knows(addresses: readonly string[]): boolean {
    return addresses.every((address) => this.#known.has(address));
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#busy = this.#busy.then(() => this.#apply());
    }, 30);
  }

  async #apply(): Promise<void> {
    const labels = [...this.#namespaces.values()].map(
      ({ metadata }) => [metadata.name, metadata.labels ?? {}] as const,
    );
    const pods = enforced(this.#pods.values());
    const rules = ruleset(pods, [...this.#policies.values()], new Map(labels));
    if (rules !== this.#last) {
      const answers = await Promise.all(this.nodes.map((node) => load(node, rules)));
      this.errors.push(...answers.filter((answer) => answer !== ''));
      this.#last = rules;
    }
    this.#known = new Set(pods.map(({ address }) => address));
  }
}
