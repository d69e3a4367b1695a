import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { scratchFolder } from '../kit/scratch';
import { goProgram } from '../kit/tools';

/**
 * What cannot be had here, and what takes long. `npm` has nothing to install in a checkout whose modules are a link. `trivy`
 * is no package of Debian, Go, npm or Python: this one takes its place, notes what it is asked, and finds something in what
 * it is told to. `npx` starts npm before it starts us; the checkout was made by the real one. `kubectl apply` fetches and
 * parses schemas of which it has the structures compiled in.
 */
export interface StandIns {
  folder: string;
  /** The arguments of each call of trivy since the last question. */
  scans: () => string[][];
  /** From now on this image has a finding. */
  taint: (image: string) => void;
}

export function standIns(): StandIns {
  const folder = scratchFolder('stand-ins');
  const [calls, tainted] = [join(folder, 'trivy.calls'), join(folder, 'trivy.tainted')];
  const kubectl = goProgram('kubectl').path;
  program(folder, 'npm', ['[ "$*" = ci ]']);
  program(folder, 'trivy', [
    `printf '%s\\n' "$*" >> '${calls}'`,
    'for image; do :; done', // the last argument
    `if grep --quiet --line-regexp --fixed-strings "$image" '${tainted}' 2>/dev/null; then exit 1; fi`,
  ]);
  program(folder, 'npx', ['[ "$1" = keelson ]', 'shift', 'exec node bin/keelson.mjs "$@"']);
  program(folder, 'kubectl', [
    'case "$1" in',
    `apply) shift && exec '${kubectl}' apply --openapi-patch=false "$@" ;;`,
    `*) exec '${kubectl}' "$@" ;;`,
    'esac',
  ]);
  return {
    folder,
    scans: () => {
      const lines = existsSync(calls) ? readFileSync(calls, 'utf8').split('\n').filter(Boolean) : [];
      rmSync(calls, { force: true });
      return lines.map((line) => line.split(' '));
    },
    taint: (image) => writeFileSync(tainted, `${image}\n`),
  };
}

function program(folder: string, name: string, lines: readonly string[]): void {
  const path = join(folder, name);
  writeFileSync(path, ['#!/bin/sh', 'set -eu', ...lines, ''].join('\n'));
  chmodSync(path, 0o755);
}

/** What every pod's port leads to: kwok's pods run nothing. */
export interface Pods {
  port: number;
  /** `HOST PATH` of each request since the last question. */
  asked: () => Set<string>;
  /** From now on this path is unwell. */
  fail: (path: string | undefined) => void;
  stop: () => Promise<void>;
}

export async function startPods(): Promise<Pods> {
  let asked = new Set<string>();
  let failing: string | undefined;
  const server = createServer((request, response) => {
    asked.add(`${request.headers.host} ${request.url}`);
    response.writeHead(request.url === failing ? 503 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    asked: () => {
      const all = asked;
      asked = new Set();
      return all;
    },
    fail: (path) => {
      failing = path;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
