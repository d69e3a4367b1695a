/** The folders of a user's project: which systems and environments there are, and what their files hold. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { parse } from 'yaml';

/** A file as it was found; what it holds is not checked yet. */
export interface Found {
  readonly id: string;
  readonly raw: unknown;
}

const extensions = ['.ts', '.js', '.yaml', '.yml'];

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Ids of the files in a folder, by file name, sorted. `<environment>.images.json` and the like are no ids. */
function ids(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => extensions.includes(extname(file)) && !file.endsWith('.d.ts') && isFile(join(folder, file)))
    .map((file) => basename(file, extname(file)))
    .sort();
}

function load(folder: string, id: string): unknown {
  const file = extensions.map((extension) => join(folder, `${id}${extension}`)).find(isFile);
  if (file === undefined) return undefined;
  if (/\.ya?ml$/.test(file)) return parse(readFileSync(file, 'utf8'));
  // `require`, not `import()`: it passes through the TypeScript hook of tsx and of the tests alike.
  return staying(() => (require(file) as { default?: unknown }).default);
}

/** A description that ends the process would take every other problem with it, and may leave with status 0. */
function staying<T>(read: () => T): T {
  const { exit } = process;
  process.exit = () => {
    throw new Error('it calls process.exit');
  };
  try {
    return read();
  } finally {
    process.exit = exit;
  }
}

export class Workspace {
  readonly root: string;

  /** @param root the folder that holds `systems/` and `environments/`; relative to the current folder */
  constructor(root: string) {
    this.root = resolve(root);
  }

  systems(): string[] {
    return ids(join(this.root, 'systems'));
  }

  environments(): string[] {
    return ids(join(this.root, 'environments'));
  }

  /** The system's file, or undefined where there is none of that name. */
  system(id: string): unknown {
    return load(join(this.root, 'systems'), id);
  }

  environment(name: string): unknown {
    return load(join(this.root, 'environments'), name);
  }

  /** Whether a file below the root exists. */
  exists(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  /** Where `keelson image` keeps the images of an environment. */
  imagesFile(environment: string): string {
    return join(this.root, 'environments', `${environment}.images.json`);
  }

  /** The images that `keelson image` set: by system, then by image name. */
  images(environment: string): unknown {
    const file = this.imagesFile(environment);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as unknown) : {};
  }
}
