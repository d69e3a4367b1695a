import type { PortPlan, Resources, ToolPlan } from '../plan';
import { mib } from '../quantities';
import type { Context, ParsedTool } from './context';
import { storageClassOf } from './stores';
import { workload } from './workload';

/** What each program is: its port as drawn, where it listens without privileges, and what it needs to run. */
interface ToolFacts {
  readonly port: PortPlan;
  readonly resources: Resources;
  /** Whom the image's own files belong to; undefined where any user will do. */
  readonly user: number | undefined;
  /** Of its data volume, MiB; undefined where it keeps none. */
  readonly size: number | undefined;
}

const facts: Readonly<Record<ParsedTool['kind'], ToolFacts>> = {
  // pgAdmin is a Python program with one worker; 5050 is the drawn port, 8080 where it may listen.
  pgadmin: {
    port: { name: 'http', port: 5050, containerPort: 8080 },
    resources: { requests: { cpu: 50, memory: 256 }, limits: { cpu: 500, memory: 512 }, ephemeral: 256 },
    user: 5050,
    size: 1024,
  },
  'redis-commander': {
    port: { name: 'http', port: 8081, containerPort: 8081 },
    resources: { requests: { cpu: 20, memory: 96 }, limits: { cpu: 250, memory: 256 }, ephemeral: 128 },
    // Its settings are readable by this user alone.
    user: 10000,
    size: undefined,
  },
  // A model of seven billion parameters in four bits takes 5 GiB of memory and as much of disk.
  ollama: {
    port: { name: 'http', port: 11434, containerPort: 11434 },
    resources: { requests: { cpu: 500, memory: 1024 }, limits: { cpu: 4000, memory: 8192 }, ephemeral: 512 },
    user: undefined,
    size: 20480,
  },
};

/** The tools of a Plan: none where the environment turns them off. */
export function resolveTools(context: Context): ToolPlan[] {
  return [...context.tools].map(([name, tool]): ToolPlan => {
    const { port, resources, user, size } = facts[tool.kind];
    const wanted = tool.size === undefined ? size : mib(tool.size);
    const claim =
      wanted === undefined
        ? undefined
        : ({
            name: `data-${name}`,
            owner: name,
            component: 'tool',
            size: wanted,
            storageClass: storageClassOf(context, undefined, false),
            accessMode: 'ReadWriteOnce',
          } as const);
    return {
      ...workload({
        name,
        description: tool.description,
        component: 'tool',
        controller: 'Deployment',
        image: context.images.get(tool.image) ?? '',
        resources,
        ports: [port],
        ...(user === undefined ? {} : { user, group: user }),
      }),
      kind: tool.kind,
      stores: tool.arrows.filter((store) => context.stores.has(store)),
      claim,
    };
  });
}
