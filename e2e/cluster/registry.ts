/** A registry for nodes without an outside: it hands out the packed images under whatever registry they are asked for. */

import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { manifestDigest, mediaTypes } from '../images/build';
import { controlPlane, REGISTRY_PORT } from './layout';

const asked = /^\/v2\/(?<repository>.+)\/(?<kind>manifests|blobs)\/(?<reference>[^/?]+)/;

function sendManifest(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const manifest = readFileSync(join(folder, 'manifest.json'));
  response.writeHead(200, {
    'content-type': mediaTypes.manifest,
    'content-length': manifest.length,
    'docker-content-digest': manifestDigest(folder),
  });
  response.end(request.method === 'HEAD' ? undefined : manifest);
}

function sendBlob(folder: string, digest: string, request: IncomingMessage, response: ServerResponse): void {
  const path = join(folder, 'blobs', digest);
  if (!existsSync(path)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': statSync(path).size });
  if (request.method === 'HEAD') response.end();
  else createReadStream(path).pipe(response);
}

/**
 * Serves images in this process's network namespace.
 * @param images the folder of each repository's image; every tag of a repository is that image
 */
export function serveImages(images: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/v2/') {
      response.writeHead(200).end();
      return;
    }
    const { repository = '', kind, reference = '' } = asked.exec(request.url ?? '')?.groups ?? {};
    const folder = images[repository];
    if (folder === undefined) response.writeHead(404).end();
    else if (kind === 'manifests') sendManifest(folder, request, response);
    else sendBlob(folder, reference, request, response);
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(REGISTRY_PORT, controlPlane.address, () => resolve(server));
  });
}
