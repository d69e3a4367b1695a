import type { ProxyService } from '../proxy-service';
import { startScript } from '../start-script';
import { responseHeaders } from './headers';
import { main } from './main';
import { immutableHeaders, proxyDefaults, websocketHeaders } from './request';
import { servers } from './server';
import { file } from './syntax';
import { upstreams } from './upstreams';

/** The proxy's configuration by file name: templates that the start script completes. */
export function nginxFiles(service: ProxyService, namespace: string, hosts: readonly string[]): Record<string, string> {
  const { proxy, name } = service;
  return {
    'headers.conf': file(responseHeaders(proxy)),
    'immutable.conf': file(immutableHeaders(proxy)),
    'nginx.conf': file(main(service, hosts)),
    'proxy.conf': file(proxyDefaults(proxy)),
    'servers.conf': file(servers(service)),
    'start.sh': startScript,
    'upstreams.conf': file(upstreams(proxy.routes, name, namespace)),
    'websocket.conf': file(websocketHeaders()),
  };
}
