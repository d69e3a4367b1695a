export { configMaps } from './config-maps';
export { statusPath, statusPort } from './layout';
export { nginxFiles } from './nginx';
export { NginxProxy, type NginxProxyProps } from './nginx-proxy';
export { isProxy, type ProxyService } from './proxy-service';
