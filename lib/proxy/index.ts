export { configMaps } from './config-maps';
export { statusPath, statusPort } from './layout';
export { proxyMonitoring } from './monitoring';
export { nginxFiles } from './nginx';
export { NginxProxy, type NginxProxyProps } from './nginx-proxy';
export { isProxy, type ProxyService } from './proxy-service';
