import { block, files } from './configuration';
import type { Shop } from './fixture';

describe('the route table', () => {
  const routes: Shop['routes'] = [
    { path: '/', to: 'frontend' },
    { path: '/api/', to: 'backend', rate: { perSecond: 5, burst: 9 }, timeoutSeconds: 20 },
    { path: '/up', to: 'backend', bodySize: '50Mi' },
    { path: '/ws/', to: 'backend', websocket: true },
    { path: '/events/', to: 'backend', streaming: true },
    { path: '/old', match: 'exact', to: 'backend' },
    { path: '/hashed/', to: 'backend', immutable: true },
    { path: '/assets/', to: 'proxy', immutable: true },
    { path: '/app/', to: 'proxy' },
  ];
  const servers = files({ routes, proxy: { root: '/srv/www' } })['servers.conf'];

  test('takes a prefix element by element: with and without its slash, never as part of a word', () => {
    const prefix = block(servers, 'location ^~ "/api/"');
    expect(prefix).toContain('proxy_pass http://backend-8000;');
    expect(block(servers, 'location = "/api"')).toEqual(prefix);
    expect(servers).not.toContain('location ^~ "/api" {');
    expect(block(servers, 'location ^~ "/up/"')).toContain('client_max_body_size 50m;');
  });

  test('takes an exact path as it is', () => {
    expect(block(servers, 'location = "/old"')).toContain('proxy_pass http://backend-8000;');
    expect(servers).not.toContain('location ^~ "/old/"');
  });

  test('leaves a path that has an exact route to that route', () => {
    const text =
      files({ routes: [...routes, { path: '/api', match: 'exact', to: 'frontend' }], proxy: { root: '/srv/www' } })[
        'servers.conf'
      ] ?? '';
    expect(text.split('location = "/api" {')).toHaveLength(2);
    expect(block(text, 'location = "/api"')).toContain('proxy_pass http://frontend-3000;');
  });

  test('answers 404 where no route leads', () => {
    expect(block(servers, 'location ^~ "/"')).toContain('proxy_pass http://frontend-3000;');
    const text = files({ routes: [{ path: '/api/', to: 'backend' }] })['servers.conf'];
    expect(block(text, 'location /')).toEqual(['return 404;']);
  });

  test('limits a route by its own zone, with its own burst', () => {
    const zone = /limit_req zone=(\w+) burst=9 nodelay;/.exec(block(servers, 'location ^~ "/api/"').join('\n'))?.[1];
    const main = files({ routes, proxy: { root: '/srv/www' } })['nginx.conf'];
    expect(main).toContain(`limit_req_zone $binary_remote_addr zone=${zone}:4m rate=5r/s;`);
    expect(block(servers, 'location ^~ "/"').join()).not.toContain('limit_req');
  });

  test('waits as long as a route says, and long where connections stay open', () => {
    expect(block(servers, 'location ^~ "/api/"')).toContain('proxy_read_timeout 20s;');
    for (const path of ['/ws/', '/events/']) {
      expect(block(servers, `location ^~ "${path}"`)).toEqual(
        expect.arrayContaining(['proxy_read_timeout 3600s;', 'proxy_buffering off;']),
      );
    }
  });

  test('upgrades WebSocket routes and no others', () => {
    expect(block(servers, 'location ^~ "/ws/"')).toContain('include websocket.conf;');
    expect(servers?.split('include websocket.conf;')).toHaveLength(3);
    const { 'proxy.conf': usual, 'websocket.conf': upgraded } = files();
    expect(usual).toContain('proxy_set_header Upgrade "";');
    expect(upgraded).toContain('proxy_set_header Upgrade $upgrade_header;');
    expect(upgraded?.replace(/.*(Upgrade|Connection).*\n/g, '')).toBe(
      usual
        ?.split('\n')
        .filter((line) => line.includes('proxy_set_header') && !/Upgrade|Connection/.test(line))
        .join('\n')
        .concat('\n'),
    );
  });

  test('serves files of the image, with a page for every address of the application and none for a hashed file', () => {
    expect(block(servers, 'location ^~ "/app/"')).toEqual(
      expect.arrayContaining(['root "/srv/www";', 'try_files $uri "/app/index.html" =404;']),
    );
    expect(block(servers, 'location ^~ "/assets/"')).toContain('try_files $uri =404;');
  });

  test('passes a large upload on instead of keeping it in /tmp', () => {
    expect(block(servers, 'location ^~ "/up/"')).toContain('proxy_request_buffering off;');
    expect(block(servers, 'location ^~ "/api/"')).not.toContain('proxy_request_buffering off;');
  });
});
