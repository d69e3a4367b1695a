/** From the images that manifests name to those that stand in for them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesObject } from '../../verify/manifests/objects';
import { PAUSE_IMAGE } from '../cluster/layout';
import { imageFolder, manifestDigest } from './build';
import type { Recipe } from './recipe';
import { recipes } from './recipes';

export interface Image {
  /** As containerd writes it, with its registry. */
  readonly reference: string;
  /** Without registry and tag. */
  readonly repository: string;
  readonly recipe: Recipe;
  readonly folder: string;
}

/** What the cluster itself runs. */
const clusterImages = [PAUSE_IMAGE, 'registry.e2e.test/coredns:1', 'registry.e2e.test/metrics-server:1'];
export const EDGE_IMAGE = 'nginxinc/nginx-unprivileged:1.30.4-alpine';

/** `redis:7.4` is `docker.io/library/redis:7.4`. */
function fullReference(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]/.test(first) ? image : `docker.io/${image}`;
}

function imageOf(name: string): Image {
  const reference = fullReference(name);
  const repository = reference.slice(reference.indexOf('/') + 1).replace(/(:[^:/@]+)?(@.*)?$/, '');
  const recipe = recipes[repository];
  if (recipe === undefined) throw new Error(`No image stands in for ${name}: e2e/images/recipes.ts`);
  return { reference, repository, recipe, folder: imageFolder(recipe) };
}

function named(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(named);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'image' && typeof inner === 'string' ? [inner] : named(inner),
  );
}

/** Every image of the manifests, of the cluster and of the edge, once. @throws Error when nothing stands in for one */
export function imagesOf(objects: readonly KubernetesObject[]): Image[] {
  const names = new Set([...clusterImages, EDGE_IMAGE, ...named(objects)]);
  return [...names].sort().map(imageOf);
}

/** `postgres:15.19-bookworm is 15.18`, where the program of an image is another version than its tag says. */
export function otherVersions(images: readonly { readonly reference: string; readonly version: string }[]): string[] {
  return images.flatMap(({ reference, version }) => {
    const image = reference.slice(reference.lastIndexOf('/') + 1);
    const tag = image.slice(image.indexOf(':') + 1).replace(/^v/, '');
    return version === '' || tag.split('-')[0] === version ? [] : [`${image} is ${version}`];
  });
}

/** What the programs say that stand in for published ones. */
export function versionsOf(images: readonly Image[]): { reference: string; version: string }[] {
  return images.map(({ reference, recipe, folder }) => ({
    reference,
    version: recipe.version === undefined ? '' : readFileSync(join(folder, 'version'), 'utf8'),
  }));
}

/** What nodes are asked to fetch. */
export function digestsOf(images: readonly Image[]): ReadonlyMap<string, string> {
  return new Map(images.map(({ reference, folder }) => [reference, manifestDigest(folder)]));
}
