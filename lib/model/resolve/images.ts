import { ownImages } from '../defaults';
import type { Chosen } from './context';

/** Tags that name no version: what they mean changes under a running system. */
const floating = /^(latest|stable|main|master|edge|dev|nightly|current|lts|mainline|alpine|slim|bookworm|trixie)$/;
/** A major version alone floats over all its minors: `redis:7-alpine`. Our own builds may count that way. */
const majorOnly = /^v?\d+(-[a-z][a-z0-9.]*)?$/;

/** What is wrong with an image reference, or undefined. @see https://pkg.go.dev/github.com/distribution/reference */
export function referenceFault(reference: string, own: boolean): string | undefined {
  const [name = '', digest] = reference.split('@');
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))
    return 'a digest of the form sha256:<64 hex digits>';
  const colon = name.lastIndexOf(':');
  const tag = colon > name.lastIndexOf('/') ? name.slice(colon + 1) : undefined;
  const repository = tag === undefined ? name : name.slice(0, colon);
  if (!/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/.test(repository))
    return 'an image such as "registry.example.com/team/app:1.4.2"';
  if (tag === undefined) return digest === undefined ? 'an image with a version tag or a digest' : undefined;
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag)) return 'a tag of letters, digits, "_", "." and "-"';
  if (digest === undefined && floating.test(tag)) return 'a tag that names a version and stays';
  if (digest === undefined && !own && majorOnly.test(tag))
    return 'a full version, because a major version alone floats';
  return undefined;
}

/** The names of the images that a release may set: the system's, and those that every system may use. */
export function imageNames(images: Readonly<Record<string, unknown>>): string[] {
  return [...new Set([...Object.keys(images), ...Object.keys(ownImages)])];
}

/** References by image name: the release of `keelson image` first, then the system's, with the environment's registry. */
export function resolveImages(chosen: Chosen): Map<string, string> {
  const { registry, mirror } = chosen.environment.images;
  const prefix = (base: string | undefined, reference: string): string =>
    base === undefined ? reference : `${base.replace(/\/$/, '')}/${reference}`;
  const own = Object.entries(ownImages).map(
    ([name, image]) => [name, chosen.images[name] ?? prefix(mirror, image)] as const,
  );
  const entries = Object.entries(chosen.system.images).map(([name, image]) => {
    const released = chosen.images[name];
    if (released !== undefined) return [name, released] as const;
    return [name, typeof image === 'string' ? prefix(mirror, image) : prefix(registry, image.own)] as const;
  });
  return new Map([...own, ...entries]);
}
