import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { Settings } from '../lib/application';
import { GatewayRoutes } from '../lib/gateway';
import { EdgeCertificate, Ingress } from '../lib/ingress';
import type { Plan } from '../lib/model/plan';
import { isProxy, NginxProxy } from '../lib/proxy';

/** `50-edge`: how the outside comes in: the proxy where the system has one, and what leads to it or to the services. */
export class EdgeChart extends Chart {
  constructor(scope: Construct, plan: Plan) {
    super(scope, '50-edge');
    const { edge } = plan;
    const proxies = plan.services.filter(isProxy);
    const settings = new Construct(this, 'settings');
    for (const service of proxies) new Settings(settings, service.name, { plan, service });
    const workloads = new Construct(this, 'workloads');
    for (const service of proxies) new NginxProxy(workloads, service.name, { plan, service });
    if (edge.kind === 'none') return;
    if (edge.tls.by === 'cert-manager' && edge.tls.certificate) {
      new EdgeCertificate(this, 'certificate', { plan, tls: edge.tls });
    }
    if (edge.kind === 'ingress') new Ingress(this, 'ingress', { plan });
    if (edge.gateway) new GatewayRoutes(this, 'gateway', { plan, gateway: edge.gateway });
  }
}
