import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Plan } from '../lib/model/plan';
import { Network } from '../lib/network';

/** `10-network`: who may talk to whom, in force before the first pod starts. */
export class NetworkChart extends Chart {
  constructor(scope: Construct, plan: Plan) {
    super(scope, '10-network');
    new Network(this, 'network', { plan });
  }
}
