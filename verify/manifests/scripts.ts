import { at, describe, type KubernetesObject } from './objects';
import { podTemplate } from './pods';

export interface Script {
  /** Where it stands in the manifests. */
  origin: string;
  shell: 'sh' | 'bash';
  text: string;
  /** What lies beside it in its ConfigMap, by file name: it may source them. */
  beside?: Readonly<Record<string, string>>;
}

/** Every shell script of an object: ConfigMap keys that are scripts, and `sh -c` in containers, probes and hooks. */
export function scriptsOf(object: KubernetesObject): Script[] {
  if (object.kind === 'ConfigMap') return configured(object);
  const spec = podTemplate(object)?.spec;
  const containers = [at(spec, 'initContainers'), at(spec, 'containers')].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  return containers.flatMap((container) => {
    const origin = `${describe(object)} container ${at(container, 'name')}`;
    const commands = [
      [...strings(at(container, 'command')), ...strings(at(container, 'args'))],
      ...['startupProbe', 'readinessProbe', 'livenessProbe'].map((probe) =>
        strings(at(container, probe, 'exec', 'command')),
      ),
      ...['preStop', 'postStart'].map((hook) => strings(at(container, 'lifecycle', hook, 'exec', 'command'))),
    ];
    return commands.flatMap((command) => inline(command, origin));
  });
}

/** A script that another one sources is looked at with that one, which gives it its variables. */
function configured(object: KubernetesObject): Script[] {
  const data = (object['data'] ?? {}) as Record<string, string>;
  const scripts = Object.entries(data).filter(([name, text]) => name.endsWith('.sh') || /^#!.*\b(ba)?sh\b/.test(text));
  return scripts
    .filter(([name]) => !scripts.some(([, text]) => sources(text, name)))
    .map(([name, text]) => ({
      origin: `${describe(object)} key ${name}`,
      shell: /^#!.*\bbash\b/.test(text) ? 'bash' : 'sh',
      text,
      beside: data,
    }));
}

function sources(text: string, name: string): boolean {
  return text
    .split('\n')
    .some((line) => /^\s*(\.|source)\s/.test(line) && line.replaceAll('"', '').trimEnd().endsWith(`/${name}`));
}

/** `[sh, -ec, SCRIPT, …]`; the flags matter to what shellcheck finds, so they become a `set`. */
function inline(command: readonly string[], origin: string): Script[] {
  const [program = '', flags = '', text] = command;
  const shell = /^(?:\/bin\/)?(sh|bash)$/.exec(program)?.[1];
  if ((shell !== 'sh' && shell !== 'bash') || !/^-[a-z]*c$/.test(flags) || text === undefined) return [];
  return [{ origin, shell, text }];
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
