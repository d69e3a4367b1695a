import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(join(resolve(__dirname, '../..'), 'package-lock.json'), 'utf8')) as {
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
