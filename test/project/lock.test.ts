import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const root = resolve(__dirname, '../..');

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Readonly<Record<string, Locked>>;
};

describe('package-lock.json', () => {
  // npm leaves out the builds for other platforms that its registry did not have, and `npm ci` then refuses the file.
  test('has an entry for every optional dependency, so that `npm ci` takes it', () => {
    const names = Object.keys(lock.packages);
    const missing = Object.values(lock.packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies).filter((name) => !names.some((path) => path.endsWith(`node_modules/${name}`))),
    );
    expect(missing).toEqual([]);
  });

  test('names no registry', () => {
    expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });
});

describe('package.json', () => {
  // A range would let a new release change what is written without a line of ours: `npm ci` takes the lock, `npm install` not.
  test('names exact versions, without ^ or ~', () => {
    const stated = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
    const versions = Object.entries(stated).flatMap(([field, value]) =>
      /dependencies$/i.test(field) ? Object.entries(value as Record<string, string>) : [],
    );
    expect(versions.length).toBeGreaterThan(5);
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });
});
