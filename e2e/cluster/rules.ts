/**
 * NetworkPolicies as one nftables table. IPv4; pods of the node's own network are not selected; what a node itself opens
 * (probes) leaves by the output hook and is not filtered. Egress to the node that holds the API server is filtered, unlike
 * the letter of the specification for a pod's own node: elsewhere the API server is on no node of ours.
 */
import type { Resource } from './api';

export interface EnforcedPod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly address: string;
  readonly ports: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Port {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly Port[];
}

export interface PolicyObject extends Resource {
  readonly spec: {
    readonly podSelector?: Selector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

type NamespaceLabels = ReadonlyMap<string, Readonly<Record<string, string>>>;
type Labels = Readonly<Record<string, string>>;

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  const equal = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'In') return value !== undefined && values.includes(value);
      if (operator === 'NotIn') return value === undefined || !values.includes(value);
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      throw new Error(`Unknown operator ${operator}`);
    })
  );
}

/** A match of the other side's address, and the pods behind it where it means pods. */
interface Match {
  readonly expression: string;
  readonly pods: readonly EnforcedPod[] | undefined;
}

class Compiler {
  constructor(
    private readonly pods: readonly EnforcedPod[],
    private readonly policies: readonly PolicyObject[],
    private readonly namespaces: NamespaceLabels,
  ) {}

  /** The rules that let something through for one pod and direction; undefined where nothing is closed. */
  openings(pod: EnforcedPod, direction: 'Ingress' | 'Egress'): string[] | undefined {
    const applying = this.policies.filter(
      ({ metadata, spec }) =>
        metadata.namespace === pod.namespace &&
        selects(spec.podSelector ?? {}, pod.labels) &&
        (spec.policyTypes ?? ['Ingress', ...(spec.egress ? ['Egress'] : [])]).includes(direction),
    );
    if (applying.length === 0) return undefined;
    return applying.flatMap(({ spec }) => {
      const rules = direction === 'Ingress' ? spec.ingress : spec.egress;
      return (rules ?? []).flatMap((rule) => this.#rule(rule, pod, direction));
    });
  }

  #rule(rule: Rule, pod: EnforcedPod, direction: 'Ingress' | 'Egress'): string[] {
    const peers = direction === 'Ingress' ? rule.from : rule.to;
    const side = direction === 'Ingress' ? 'saddr' : 'daddr';
    const matches = peers?.length ? peers.flatMap((peer) => this.#peer(peer, pod, side)) : [anybody];
    return matches.flatMap((match) => {
      if (!rule.ports?.length) return [match.expression];
      const receivers = direction === 'Ingress' ? [pod] : (match.pods ?? this.pods);
      return rule.ports.flatMap((port) => portExpressions(port, match, direction === 'Ingress', receivers));
    });
  }

  #peer({ ipBlock, podSelector, namespaceSelector }: Peer, pod: EnforcedPod, side: string): Match[] {
    if (ipBlock) {
      if (ipBlock.cidr.includes(':')) return [];
      const except = ipBlock.except?.length ? `ip ${side} != { ${ipBlock.except.join(', ')} } ` : '';
      return [{ expression: `ip ${side} ${ipBlock.cidr} ${except}`, pods: undefined }];
    }
    const pods = this.pods.filter(
      (other) =>
        (namespaceSelector === undefined
          ? other.namespace === pod.namespace
          : selects(namespaceSelector, this.namespaces.get(other.namespace) ?? {})) &&
        (podSelector === undefined || selects(podSelector, other.labels)),
    );
    if (pods.length === 0) return [];
    return [{ expression: `ip ${side} { ${pods.map(({ address }) => address).join(', ')} } `, pods }];
  }
}

const anybody: Match = { expression: '', pods: undefined };

/** A port by name is what the receiving pod calls so: different from pod to pod. */
function portExpressions(
  { protocol = 'TCP', port, endPort }: Port,
  match: Match,
  isIngress: boolean,
  receivers: readonly EnforcedPod[],
): string[] {
  const wire = protocol.toLowerCase();
  if (port === undefined) return [`${match.expression}meta l4proto ${wire} `];
  if (typeof port === 'number') return [`${match.expression}${wire} dport ${endPort ? `${port}-${endPort}` : port} `];
  return receivers.flatMap(({ address, ports }) =>
    ports
      .filter((it) => it.name === port && (it.protocol ?? 'TCP') === protocol)
      .map(({ containerPort }) =>
        isIngress
          ? `${match.expression}${wire} dport ${containerPort} `
          : `${match.pods ? '' : match.expression}ip daddr ${address} ${wire} dport ${containerPort} `,
      ),
  );
}

const TABLE = 'inet keelson_e2e';

/** The whole table; loading it replaces the earlier one at once. */
export function ruleset(
  pods: readonly EnforcedPod[],
  policies: readonly PolicyObject[],
  namespaces: NamespaceLabels,
): string {
  const compiler = new Compiler(pods, policies, namespaces);
  const chains: string[] = [];
  const jumps = { Ingress: [] as string[], Egress: [] as string[] };
  for (const pod of pods) {
    for (const direction of ['Ingress', 'Egress'] as const) {
      const openings = compiler.openings(pod, direction);
      if (openings === undefined) continue;
      const name = `${direction.toLowerCase()}-${pod.address.replaceAll('.', '-')}`;
      const own = `ip saddr ${pod.address} ip daddr ${pod.address} `;
      const body = [own, ...new Set(openings)].map((opening) => `  ${opening}return`);
      chains.push(` chain ${name} {\n${body.join('\n')}\n  counter drop\n }`);
      jumps[direction].push(`${pod.address} : jump ${name}`);
    }
  }
  const map = (side: string, entries: readonly string[]): string =>
    entries.length > 0 ? `  ip ${side} vmap { ${entries.join(', ')} }\n` : '';
  const hook = (name: string, rules: string): string =>
    ` chain ${name} {\n  type filter hook ${name} priority 10; policy accept;\n  ct state established,related accept\n${rules} }`;
  return [
    `add table ${TABLE}`,
    `delete table ${TABLE}`,
    `table ${TABLE} {`,
    ...chains,
    hook('forward', map('saddr', jumps.Egress) + map('daddr', jumps.Ingress)),
    hook('input', map('saddr', jumps.Egress)),
    '}\n',
  ].join('\n');
}
