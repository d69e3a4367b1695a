/** The folders of a user's project: which systems and environments there are, and what their files hold. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';

/** A file as it was found; what it holds is not checked yet. */
export interface Found {
  readonly id: string;
  readonly raw: unknown;
}

const extensions = ['.ts', '.js', '.yaml', '.yml'];

/** Ids of the files in a folder, by file name, sorted. `<environment>.images.json` and the like are no ids. */
function ids(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => extensions.includes(extname(file)) && !file.endsWith('.d.ts'))
    .map((file) => basename(file, extname(file)))
    .sort();
}

async function load(folder: string, id: string): Promise<unknown> {
  const file = extensions.map((extension) => join(folder, `${id}${extension}`)).find((path) => existsSync(path));
  if (file === undefined) return undefined;
  if (/\.ya?ml$/.test(file)) return parse(readFileSync(file, 'utf8'));
  const module = (await import(pathToFileURL(file).href)) as { default?: { default?: unknown } };
  // A CommonJS file that was compiled from an ES module wraps its default once more.
  return module.default?.default ?? module.default;
}

export class Workspace {
  /** @param root the folder that holds `systems/` and `environments/` */
  constructor(readonly root: string) {}

  systems(): string[] {
    return ids(join(this.root, 'systems'));
  }

  environments(): string[] {
    return ids(join(this.root, 'environments'));
  }

  /** The system's file, or undefined where there is none of that name. */
  system(id: string): Promise<unknown> {
    return load(join(this.root, 'systems'), id);
  }

  environment(name: string): Promise<unknown> {
    return load(join(this.root, 'environments'), name);
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
