import { Construct } from 'constructs';
import type { Plan } from '../model/plan';
import { Bootstrap } from './bootstrap';
import { ExternalSecrets } from './external-secrets';
import { generatedSecrets } from './recipe';
import { SealedSecrets } from './sealed-secrets';

export interface SecretsProps {
  readonly plan: Plan;
}

/** What brings the Secrets into the cluster, as the environment's provider has it. Never a Secret with a value. */
export class Secrets extends Construct {
  constructor(scope: Construct, id: string, props: SecretsProps) {
    super(scope, id);
    const { plan } = props;
    const provider = plan.secretsProvider;
    switch (provider.provider) {
      case 'bootstrap':
        if (generatedSecrets(plan).length) new Bootstrap(this, 'Bootstrap', { plan, workload: provider.job });
        return;
      case 'external-secrets':
        new ExternalSecrets(this, 'ExternalSecrets', { plan, provider });
        return;
      case 'sealed-secrets':
        new SealedSecrets(this, 'SealedSecrets', { plan, provider });
        return;
      case 'existing':
        return;
    }
  }
}
