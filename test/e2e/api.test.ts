import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Api, type Resource } from '../../e2e/cluster/api';

let url = '';

jest.mock('node:https', () => jest.requireActual('node:http'));
jest.mock('../../e2e/cluster/certificates', () => ({ pki: () => __filename }));
jest.mock('../../e2e/cluster/layout', () => ({
  get API_URL() {
    return url;
  },
}));

function object(uid: string): Resource {
  return { metadata: { name: uid, uid } };
}

function event(type: string, uid: string): string {
  return `${JSON.stringify({ type, object: object(uid) })}\n`;
}

describe('The API server', () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('is asked once more where the connection broke, and not for ever', async () => {
    let breaks = 1;
    let asked = 0;
    answer = (request, response) => {
      asked++;
      if (breaks-- > 0) request.socket.destroy();
      else response.end('{"items":[]}');
    };
    expect(await new Api().list('/pods')).toEqual([]);
    breaks = 9;
    await expect(new Api().list('/pods')).rejects.toThrow();
    expect(asked).toBe(4);
  });

  test('is followed over a broken watch without losing sight of what is there', async () => {
    let lists = 0;
    const watched: string[] = [];
    answer = ({ url: path = '', socket }, response) => {
      if (!path.includes('watch=1')) {
        lists++;
        const items = lists === 1 ? [object('a'), object('b')] : [object('b'), object('c')];
        response.end(JSON.stringify({ metadata: { resourceVersion: String(lists) }, items }));
        return;
      }
      watched.push(path);
      if (watched.length > 1) response.write(event('DELETED', 'b'));
      // Half an event, and then nothing.
      else response.write(`${event('ADDED', 'c')}{"type":"DEL`, () => setTimeout(() => socket.destroy(), 50));
    };
    const seen: string[] = [];
    new Api().watch('/pods', (objects) => seen.push([...objects.keys()].join('')));
    while (seen.length < 4) await sleep(20);
    expect(seen).toEqual(['ab', 'abc', 'bc', 'c']);
    expect(watched).toEqual(['/pods?watch=1&resourceVersion=1', '/pods?watch=1&resourceVersion=2']);
    answer = () => undefined; // it is followed until the process ends
  });
});
