import { capacityInvariants } from './capacity';
import { containerInvariants } from './containers';
import { dataInvariants } from './data';
import { fieldInvariants } from './fields';
import { identityInvariants } from './identity';
import type { Invariants } from './invariant';
import { migrationInvariants } from './migrations';
import { networkInvariants } from './network';
import { probeInvariants } from './probes';
import { quotaInvariants } from './quota';
import { referenceInvariants } from './references';
import { reportedInvariants } from './reported';
import { rolloutInvariants } from './rollout';
import { scalingInvariants } from './scaling';
import { securityInvariants } from './security';
import { serviceInvariants } from './services';
import { volumeInvariants } from './volumes';
import { waitInvariants } from './waits';

/** All invariants, by subject. */
export const subjects: Readonly<Record<string, Invariants>> = {
  'Names and labels': identityInvariants,
  Security: securityInvariants,
  Containers: containerInvariants,
  Capacity: capacityInvariants,
  Quota: quotaInvariants,
  Probes: probeInvariants,
  References: referenceInvariants,
  Volumes: volumeInvariants,
  Services: serviceInvariants,
  Scaling: scalingInvariants,
  Rollout: rolloutInvariants,
  Waits: waitInvariants,
  Data: dataInvariants,
  Migrations: migrationInvariants,
  Network: networkInvariants,
  Fields: fieldInvariants,
  'What is said of them': reportedInvariants,
};
