import { run } from '../kit/command';
import { commandsBelow } from './page';

/** What stands for a cluster where the programs of its pods run by themselves, on this machine. */
export interface StandIn {
  /** Where the person is who types: files are written and read there. */
  readonly folder: string;
  /** What stands for a word of the page. */
  readonly names: Readonly<Record<string, string>>;
  /** The words before a command that runs in a pod; `replaced` are paths that lie elsewhere here. */
  readonly inPod: (pod: string) => {
    readonly words: readonly string[];
    readonly replaced: Readonly<Record<string, string>>;
  };
  /** What kubectl does to the programs, by the words that its command begins with: `scale`, `delete statefulset`. */
  readonly acts: Readonly<Record<string, () => Promise<void>>>;
}

const IN_POD = /^kubectl -n \S+ exec (?:-i )?(\S+)(?: -c \S+)? -- (.*)$/;
const OF_CLUSTER = /^kubectl (?:-n \S+ )?(.*)$/;

/** Whether a line of a page needs what runs in a pod, or a file that came from there. */
export function isOfPods(line: string): boolean {
  return IN_POD.test(line) || !line.startsWith('kubectl ');
}

/** Follows docs/procedures.md line by line; the first one that fails is an error. Hands back what the lines said. */
export async function follow(anchor: string, standIn: StandIn): Promise<string[]> {
  const said: string[] = [];
  for (const line of commandsBelow('procedures.md', anchor))
    said.push(await step(replaced(line, standIn.names), standIn));
  return said;
}

async function step(line: string, { folder, inPod, acts }: StandIn): Promise<string> {
  const [, pod, command] = IN_POD.exec(line) ?? [];
  if (pod !== undefined && command !== undefined) {
    const there = inPod(pod);
    return shell(`${there.words.map(quoted).join(' ')} ${replaced(command, there.replaced)}`, folder, line);
  }
  const ofCluster = OF_CLUSTER.exec(line)?.[1];
  if (ofCluster === undefined) return shell(line, folder, line);
  const [, act] = Object.entries(acts).find(([words]) => ofCluster.startsWith(words)) ?? [];
  if (act === undefined) throw new Error(`Nothing here stands for: ${line}`);
  await act();
  return '';
}

async function shell(text: string, cwd: string, line: string): Promise<string> {
  const { status, stdout, stderr } = await run('sh', ['-c', text], { cwd });
  if (status !== 0) throw new Error(`${line}\nended with ${status}: ${stderr}`);
  return stdout + stderr;
}

/** A text with each word in the place of what stands for it. */
export function replaced(text: string, names: Readonly<Record<string, string>>): string {
  return Object.entries(names).reduce((line, [word, name]) => line.replaceAll(word, name), text);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
