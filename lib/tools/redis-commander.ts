import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { helperResources } from '../model/defaults';
import { accessMounts, accessVolumes, cacheAccess } from './stores';
import { Tool, type ToolProps } from './tool';

/** The image's own folder of settings, which its start writes to. */
const configFolder = '/redis-commander/config';
const target = '/config';

/**
 * Copies the image's settings into an emptyDir, because its root is read-only, and adds the list of connections. The
 * image's own variables would do for one server only, and put the password among the arguments of its process. Arguments:
 * label, host, port and the file with the password, for each server.
 */
export const connectionsScript = `set -eu
umask 077
cp -R ${configFolder}/. ${target}/
file=${target}/local-production.json
comma=
printf '{"connections":[' >"$file"
while [ "$#" -gt 0 ]; do
  password=$(sed 's/[\\\\"]/\\\\&/g' "$4")
  printf '%s{"label":"%s","host":"%s","port":"%s","dbIndex":0,"password":"%s"}' "$comma" "$1" "$2" "$3" "$password" >>"$file"
  comma=,
  shift 4
done
printf ']}\\n' >>"$file"
`;

/** Redis Commander, with the tool's Redis servers in its list. It has no log-in of its own: it is reached by port-forward. */
export class RedisCommander extends Construct {
  constructor(scope: Construct, id: string, props: ToolProps) {
    super(scope, id);
    const { plan, tool } = props;
    const caches = cacheAccess(plan, tool);
    const [port] = tool.ports;
    new Tool(this, 'Tool', props, {
      container: {
        env: [
          { name: 'PORT', value: String(port?.containerPort) },
          // The list of connections comes from the Plan; what a person adds lasts as long as the page.
          { name: 'NOSAVE', value: 'true' },
        ],
        mounts: [{ name: 'config', mountPath: configFolder }],
        scratch: [{ path: '/tmp', size: 16 }],
      },
      initContainers: [
        {
          name: 'connections',
          image: tool.image,
          command: [
            '/bin/sh',
            '-c',
            connectionsScript,
            'connections',
            ...caches.flatMap(({ store, passwordFile }) => [store.name, store.host, String(store.port), passwordFile]),
          ],
          mounts: [{ name: 'config', mountPath: target }, ...accessMounts(caches)],
          resources: helperResources,
        },
      ],
      volumes: [
        // In memory, for it holds passwords.
        { name: 'config', emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('1Mi') } },
        ...accessVolumes(caches),
      ],
      readyPath: '/healthcheck',
      startSeconds: 15,
    });
  }
}
