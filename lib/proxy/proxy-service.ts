import type { ProxyPlan, ServicePlan } from '../model/plan';

/** A service that is the system's proxy. */
export type ProxyService = ServicePlan & { readonly proxy: ProxyPlan };

export function isProxy(service: ServicePlan): service is ProxyService {
  return service.proxy !== undefined;
}
