import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { checksum } from '../kubernetes/checksum';
import { configMap } from '../kubernetes/config-map';
import type { ContainerProps } from '../kubernetes/container';
import { type JobProps, job, suspendedCronJob } from '../kubernetes/job';
import { metadata } from '../kubernetes/labels';
import { serviceAccount } from '../kubernetes/service-account';
import { helperResources } from '../model/defaults';
import type { Plan, Workload } from '../model/plan';
import { type CertificateRecipe, certificateRecipes, generatedSecrets, recipe } from './recipe';
import { bootstrapScript, certificateScript } from './script';

const scriptFolder = '/bootstrap';
const certificateFolder = '/certificates';
const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Tries for one Secret; pauses of 1, 2, 4, 8 and 16 seconds between them outlast a restart of the API server. */
const tries = 6;
const firstPauseSeconds = 1;
const requestSeconds = 10;

/** The whole Job, and pods that may fail: a Role takes a moment until every API server knows it. */
const deadlineSeconds = 600;
const backoffLimit = 6;

/** Ten years: nothing renews these certificates. To renew one, delete its Secret and run the Job again. */
const certificateDays = 3650;

export interface BootstrapProps {
  readonly plan: Plan;
  /** The Job: it talks to the API server. */
  readonly workload: Workload;
}

function mainContainer(props: BootstrapProps, certificates: readonly CertificateRecipe[]): ContainerProps {
  const { plan, workload } = props;
  const folders = [scriptFolder, accountFolder, certificateFolder];
  const limits = [tries, firstPauseSeconds, requestSeconds].map(String);
  return {
    name: 'bootstrap',
    image: workload.image,
    command: ['/bin/sh', `${scriptFolder}/bootstrap.sh`, plan.namespace, ...folders, ...limits],
    mounts: [
      { name: 'script', mountPath: scriptFolder, readOnly: true },
      ...(certificates.length ? [{ name: 'certificates', mountPath: certificateFolder, readOnly: true }] : []),
    ],
    scratch: [{ path: '/tmp', size: 1 }],
    resources: workload.resources,
  };
}

/** One init container for each image that certificates are made in. */
function certificateContainers(certificates: readonly CertificateRecipe[]): ContainerProps[] {
  return [...new Set(certificates.map(({ image }) => image))].map((image, index) => ({
    name: `certificates-${index}`,
    image,
    command: [
      '/bin/sh',
      `${scriptFolder}/certificates.sh`,
      certificateFolder,
      String(certificateDays),
      ...certificates
        .filter((item) => item.image === image)
        .map(({ secret, hosts }) => `${secret}=${hosts.map((host) => `DNS:${host}`).join(',')}`),
    ],
    mounts: [
      { name: 'script', mountPath: scriptFolder, readOnly: true },
      { name: 'certificates', mountPath: certificateFolder },
    ],
    resources: helperResources,
  }));
}

function volumes(workload: Workload, certificates: readonly CertificateRecipe[]): k8s.Volume[] {
  const script = { name: 'script', configMap: { name: workload.name } };
  // In memory, for a private key should touch no disk of a node.
  const folder = { name: 'certificates', emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('1Mi') } };
  return certificates.length ? [script, folder] : [script];
}

/**
 * Makes the missing generated Secrets, once for each change of what there is to make; by hand again with
 * `kubectl create job --from=cronjob/<name>`. Its account may create Secrets: it can read none and change none.
 */
export class Bootstrap extends Construct {
  constructor(scope: Construct, id: string, props: BootstrapProps) {
    super(scope, id);
    const { plan, workload } = props;
    const certificates = certificateRecipes(plan);
    const data = {
      'bootstrap.sh': bootstrapScript,
      ...(certificates.length ? { 'certificates.sh': certificateScript } : {}),
      ...Object.fromEntries(generatedSecrets(plan).map((secret) => [`${secret.name}.recipe`, recipe(plan, secret)])),
    };
    serviceAccount(this, plan, workload);
    this.permission(props);
    configMap(this, plan, workload, workload.name, data);
    const jobProps: JobProps = {
      plan,
      workload,
      containers: [mainContainer(props, certificates)],
      initContainers: certificateContainers(certificates),
      volumes: volumes(workload, certificates),
      checksums: { script: checksum(data) },
      deadlineSeconds,
      backoffLimit,
    };
    job(this, jobProps);
    suspendedCronJob(this, jobProps);
  }

  /** `create` cannot be narrowed to names: the API server learns a new object's name only after it asked for permission. */
  private permission({ plan, workload }: BootstrapProps): void {
    const { name } = workload;
    new k8s.KubeRole(this, 'Role', {
      metadata: metadata(plan, name, workload),
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }],
    });
    new k8s.KubeRoleBinding(this, 'RoleBinding', {
      metadata: metadata(plan, name, workload),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: plan.namespace }],
    });
  }
}
