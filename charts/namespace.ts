import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Plan } from '../lib/model/plan';
import { Namespace } from '../lib/namespace';

/** `00-namespace`: the namespace and its limits, before anything that lives in it. */
export class NamespaceChart extends Chart {
  constructor(scope: Construct, plan: Plan) {
    super(scope, '00-namespace');
    new Namespace(this, 'namespace', { plan });
  }
}
