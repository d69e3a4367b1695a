import type { ProxyPlan } from '../../model/plan';
import type { ProxyService } from '../proxy-service';
import { startScript } from '../start-script';
import { cdnHeaders, hiddenFromCdn, responseHeaders } from './headers';
import { main } from './main';
import { cdnDefaults, immutableHeaders, proxyDefaults, websocketHeaders } from './request';
import { servers } from './server';
import { file } from './syntax';
import { upstreams } from './upstreams';

/** What the host of static files has of its own. */
function cdnFiles(proxy: ProxyPlan, [mainHost = '$host']: readonly string[]): Record<string, string> {
  if (proxy.cdn === undefined) return {};
  return {
    'cdn-headers.conf': file(cdnHeaders(proxy)),
    'cdn-immutable.conf': file(immutableHeaders(proxy, hiddenFromCdn)),
    'cdn-proxy.conf': file(cdnDefaults(proxy, mainHost)),
  };
}

/** The proxy's configuration by file name: templates that the start script completes. */
export function nginxFiles(service: ProxyService, namespace: string, hosts: readonly string[]): Record<string, string> {
  const { proxy, name } = service;
  return {
    ...cdnFiles(proxy, hosts),
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
