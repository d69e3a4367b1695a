/** NetworkPolicies simulated after the specification; what is measured in a cluster can be compared with it. */
export { podsOf } from './pods';
export { type NetworkPolicy, type Protocol, readPolicy } from './policy';
export {
  type Address,
  type Connection,
  type ContainerPort,
  type End,
  type OwnNode,
  type Pod,
  type Side,
  Simulation,
  type Verdict,
} from './simulation';
