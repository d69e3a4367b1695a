import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Plan } from '../lib/model/plan';
import { Secrets } from '../lib/secrets';

/** `20-secrets`: what makes the Secrets, before anything that needs them. */
export class SecretsChart extends Chart {
  constructor(scope: Construct, plan: Plan) {
    super(scope, '20-secrets');
    new Secrets(this, 'Secrets', { plan });
  }
}
