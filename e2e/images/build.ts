/** Packs recipes as OCI images: one layer, a configuration and a manifest, by content, in the cache. */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { cacheFolder, fillCache, isCached } from '../../verify/kit/cache';
import { must } from '../../verify/kit/command';
import type { ImageConfig, Recipe } from './recipe';
import { E2E, fillRoot } from './root';

/** What a change of which makes another image. */
const OWN_CODE = ['images/apt.ts', 'images/root.ts'];

export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
} as const;

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}

function versionOf(recipe: Recipe): string {
  const hash = createHash('sha256').update(JSON.stringify(recipe));
  const sources = [...OWN_CODE, ...Object.values(recipe.files ?? {})].flatMap((path) => filesBelow(join(E2E, path)));
  for (const path of sources) hash.update(relative(E2E, path)).update(readFileSync(path));
  return hash.digest('hex').slice(0, 12);
}

/** The folder with `manifest.json` and `blobs/`. */
export function imageFolder(recipe: Recipe): string {
  return cacheFolder(`image-${recipe.name}`, versionOf(recipe));
}

/** What a packed image is known by. */
export function manifestDigest(folder: string): string {
  return `sha256:${createHash('sha256')
    .update(readFileSync(join(folder, 'manifest.json')))
    .digest('hex')}`;
}

/** Nothing where no published program is stood in for. @throws Error when it does not say its version */
async function programVersion({ name, version }: Recipe, root: string): Promise<string> {
  if (version === undefined) return '';
  if ('is' in version) return version.is;
  const said = await must('chroot', [root, '/bin/sh', '-c', version.command]);
  const [found] = /\d+(\.\d+)+/.exec(said) ?? [];
  if (found === undefined) throw new Error(`Image ${name} does not say its version: ${said.slice(0, 100)}`);
  return found;
}

/** Builds the image unless it is there. Says whether it had to. The folder's time is that of its last use. */
export async function ensureImage(recipe: Recipe): Promise<boolean> {
  const version = versionOf(recipe);
  if (isCached(`image-${recipe.name}`, version)) {
    utimesSync(imageFolder(recipe), new Date(), new Date());
    return false;
  }
  await fillCache(`image-${recipe.name}`, version, async (folder) => {
    const root = join(folder, 'root');
    await fillRoot(recipe, root);
    writeFileSync(join(folder, 'version'), await programVersion(recipe, root));
    await pack(recipe.config, root, folder);
    rmSync(root, { recursive: true, force: true });
  });
  return true;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

/** Moves a file among the blobs, under its digest. */
async function toBlob(folder: string, path: string, mediaType: string) {
  const digest = await digestOf(path);
  const { size } = statSync(path);
  renameSync(path, join(folder, 'blobs', digest));
  return { mediaType, digest, size };
}

async function pack(config: ImageConfig, root: string, folder: string): Promise<void> {
  mkdirSync(join(folder, 'blobs'));
  const layerFile = join(folder, 'layer.tar');
  const reproducible = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--format=gnu'];
  await must('tar', [...reproducible, '--create', '--file', layerFile, '--directory', root, '.']);
  const layer = await toBlob(folder, layerFile, mediaTypes.layer);
  const configFile = join(folder, 'config.json');
  writeFileSync(configFile, JSON.stringify(ociConfig(config, layer.digest)));
  const configBlob = await toBlob(folder, configFile, mediaTypes.config);
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.manifest, config: configBlob, layers: [layer] };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

function ociConfig(config: ImageConfig, layer: string): unknown {
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...config.env };
  return {
    architecture: 'amd64',
    os: 'linux',
    config: {
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      ...(config.entrypoint && { Entrypoint: config.entrypoint }),
      ...(config.cmd && { Cmd: config.cmd }),
      ...(config.stopSignal && { StopSignal: config.stopSignal }),
      User: config.user ?? '',
      WorkingDir: config.workingDir ?? '/',
    },
    rootfs: { type: 'layers', diff_ids: [layer] },
  };
}
