import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startScript } from '../../lib/proxy/start-script';

const template = [
  'resolver __RESOLVERS__ valid=10s;',
  'server a.__CLUSTER_DOMAIN__;',
  '__BROTLI__load_module __MODULES__/ngx_http_brotli_static_module.so;',
  '',
].join('\n');

describe('the start script', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keelson-start-'));
    for (const part of ['templates', 'bin', 'modules']) mkdirSync(join(folder, part));
    writeFileSync(join(folder, 'templates', 'a.conf'), template);
    writeFileSync(join(folder, 'start.sh'), startScript);
    const nginx = `#!/bin/sh\nif [ "$1" = -V ]; then echo "x --modules-path=${folder}/modules y" >&2; else echo "nginx $*"; fi\n`;
    writeFileSync(join(folder, 'bin', 'nginx'), nginx, { mode: 0o755 });
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function start(resolvConf: string): { status: number | null; stdout: string; stderr: string; config: string } {
    writeFileSync(join(folder, 'resolv.conf'), resolvConf);
    const args = ['start.sh', 'templates', 'out', 'resolv.conf'].map((name) => join(folder, name));
    const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH']}` };
    const { status, stdout, stderr } = spawnSync('/bin/sh', args, { env, encoding: 'utf8' });
    return { status, stdout, stderr, config: status === 0 ? readFileSync(join(folder, 'out', 'a.conf'), 'utf8') : '' };
  }

  test("fills in the cluster's name servers and domain, and becomes nginx", () => {
    const resolvConf =
      'search shop.svc.k8s.internal svc.k8s.internal k8s.internal\nnameserver 10.96.0.10\nnameserver fd00::a\noptions ndots:5\n';
    const { stdout, config } = start(resolvConf);
    expect(config).toContain('resolver  10.96.0.10 [fd00::a] valid=10s;');
    expect(config).toContain('server a.k8s.internal;');
    expect(stdout).toBe(`nginx -e stderr -c ${join(folder, 'out')}/nginx.conf\n`);
  });

  test('puts the parts of a long file together, in their order', () => {
    writeFileSync(join(folder, 'templates', 'a.conf.01'), 'second __RESOLVERS__\n');
    writeFileSync(join(folder, 'templates', 'a.conf.02'), 'third\n');
    const { config } = start('nameserver 10.0.0.1\n');
    expect(config.split('\n').slice(-4)).toEqual([
      expect.stringContaining('load_module'),
      'second  10.0.0.1',
      'third',
      '',
    ]);
  });

  test('takes cluster.local where nothing says otherwise, and a last line without its end', () => {
    expect(start('nameserver 10.96.0.10').config).toContain('server a.cluster.local;');
  });

  test('stops where there is no name server, and says so', () => {
    const { status, stderr } = start('search svc.cluster.local\n');
    expect(status).toBe(1);
    expect(stderr).toContain('names no nameserver');
  });

  test('uses Brotli where the image has the module, and says where not', () => {
    const without = start('nameserver 10.0.0.1\n');
    expect(without.config).toContain('#load_module');
    expect(without.stderr).toContain('no Brotli module');
    writeFileSync(join(folder, 'modules', 'ngx_http_brotli_static_module.so'), '');
    const withModule = start('nameserver 10.0.0.1\n');
    expect(withModule.config).toContain(`\nload_module ${folder}/modules/ngx_http_brotli_static_module.so;`);
    expect(withModule.stderr).toBe('');
  });
});
